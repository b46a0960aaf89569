// Loads TypeScript: `node --import ./bin/loader.mjs FILE`.
import * as nodeModule from 'node:module'
import { register } from 'tsx/esm/api'

/*
 * tsx has esbuild give each function its name whenever it is made, by a call that costs more than most functions that it names: 5 % of a gateway's time for a request.
 * Nothing is renamed here, so without it only functions that are assigned to a variable lose their names, in stack traces. tsx has no option for it
 * (https://github.com/privatenumber/tsx/pull/659); where it writes something else than this, that stays.
 */
const naming = 'var __name=(target,value)=>__defProp(target,"name",{value,configurable:true});'
// As long as the other, since source maps count columns.
const nothing = 'var __name=(target)=>target;'.padEnd(naming.length)
const unnamed = (loaded) => (typeof loaded.source === 'string' ? { ...loaded, source: loaded.source.replace(naming, nothing) } : loaded)

/** Whether this module is here as hooks in the thread that loads, which registers nothing. */
const areHooks = import.meta.url.endsWith('?hooks')

/** As node:module has it, after tsx. */
export const load = async (url, context, nextLoad) => unnamed(await nextLoad(url, context))

if (!areHooks) {
  register()
  if (nodeModule.registerHooks) nodeModule.registerHooks({ load: (url, context, nextLoad) => unnamed(nextLoad(url, context)) })
  else nodeModule.register(`${import.meta.url}?hooks`)
}
