/** Static analysis of the contracts alone; `npm run contracts:test` does it after the tests, when everything is compiled. */
import { analyse } from './analysis/analyse.ts'
import { forgePath } from './forge.ts'

const forge = forgePath()
if (forge === null) {
  console.error(`npm brought no forge binary for ${process.platform}-${process.arch}: the contracts cannot be analysed here.`)
  process.exit(1)
}
process.exit(analyse(forge) ? 0 : 1)
