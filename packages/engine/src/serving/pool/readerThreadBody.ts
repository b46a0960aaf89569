import { parentPort, workerData } from 'node:worker_threads'
import type { Adapter } from '../../adapter/Adapter.ts'
import type { AdapterBase } from '../../adapter/peftFolder.ts'
import { readAdapterFiles } from '../../adapter/readAdapterFiles.ts'
import { serveCalls } from '../../threads/serveCalls.ts'
import type { ReaderCalls } from './ReaderThread.ts'

/** Copies all factors into one buffer, which changes hands at once however many modules there are. */
function pack(adapter: Adapter): { adapter: Adapter; buffer: ArrayBuffer } {
  const pairs = adapter.layers.flatMap((modules) => Object.values(modules))
  const packed = new Float32Array(pairs.reduce((sum, { a, b }) => sum + a.length + b.length, 0))
  let at = 0
  const moved = (values: Float32Array): Float32Array => {
    packed.set(values, at)
    at += values.length
    return packed.subarray(at - values.length, at)
  }
  const layers = adapter.layers.map((modules) => Object.fromEntries(Object.entries(modules).map(([module, pair]) => [module, { ...pair, a: moved(pair.a), b: moved(pair.b) }])))
  return { adapter: { ...adapter, layers }, buffer: packed.buffer }
}

// The module that a reader thread runs.
const base = (workerData as { data: AdapterBase } | null)?.data
if (parentPort && base) {
  serveCalls<ReaderCalls>(parentPort, {
    async read({ path, maxBytes }, { transfer }) {
      const files = await readAdapterFiles(path, base, maxBytes)
      const { adapter, buffer } = pack(files.adapter)
      transfer.push(buffer)
      return { ...files, adapter }
    },
  })
}
