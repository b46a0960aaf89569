import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

// A thread does not inherit the TypeScript loader of its parent, and `--import` among its arguments does not reach it under a
// test runner; so it registers the loader itself before it loads its module.
const bootstrap = `
const { workerData } = require('node:worker_threads')
import(workerData.loader).then((tsx) => { tsx.register(); return import(workerData.module) })
`

/**
 * Starts a worker thread on a TypeScript module, which finds `data` under `workerData.data`.
 * @param module file URL of the module, e.g. `new URL('./x.ts', import.meta.url)`
 */
export function startThread(module: URL, data: unknown): Worker {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api')).href.replace(/\.cjs$/, '.mjs')
  return new Worker(bootstrap, { eval: true, workerData: { loader, module: module.href, data }, execArgv: [] })
}
