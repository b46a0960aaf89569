import { mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { writeFileSafely } from '@openledger/files'
import type { CounterfactualStore } from '@openledger/attribution'

/**
 * Keeps the finished parts of a run's counterfactuals in its folder: the parameters of each adapter one after the other, as F32. A part that is not
 * whole counts as not finished.
 * @param parameters of one adapter
 */
export function counterfactualStore(folder: string, parameters: number): CounterfactualStore {
  const file = (part: number): string => path.join(folder, `counterfactuals-${part}.f32`)
  const checkpoints = (part: number): string => path.join(folder, `counterfactuals-${part}`)
  return {
    checkpoints,
    async read(part) {
      const bytes = await readFile(file(part)).catch(() => undefined)
      const each = parameters * Float32Array.BYTES_PER_ELEMENT
      if (!bytes || bytes.length === 0 || bytes.length % each !== 0) return undefined
      const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
      return Array.from({ length: bytes.length / each }, (_, i) => values.subarray(i * parameters, (i + 1) * parameters))
    },
    async write(part, adapters) {
      await mkdir(folder, { recursive: true })
      await writeFileSafely(file(part), Buffer.concat(adapters.map((a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength))))
      await rm(checkpoints(part), { recursive: true, force: true })
    },
  }
}
