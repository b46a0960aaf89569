import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

// A worker does not inherit the TypeScript loader of its parent, so it registers the loader itself before it loads its module.
const bootstrap = `
const { workerData } = require('node:worker_threads')
import(workerData.loader).then((tsx) => { tsx.register(); return import(workerData.module) })
`

/**
 * Starts a worker thread on a TypeScript module. The module finds `data` under `workerData.data`.
 * @param module file URL of the module, e.g. `new URL('./x.ts', import.meta.url)`
 */
export function startThread(module: URL, data: unknown): Worker {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api')).href.replace(/\.cjs$/, '.mjs')
  return new Worker(bootstrap, { eval: true, workerData: { loader, module: module.href, data }, execArgv: [] })
}
