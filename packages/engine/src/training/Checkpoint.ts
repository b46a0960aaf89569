import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { StorageError } from '@openledger/protocol'
import { writeAtomically } from '../files/writeAtomically.ts'

const magic = 'OPENLEDGER-TRAINING-1\n'

/** The state of a training run: what identifies the run, small numbers, and named float arrays. */
export type CheckpointState = {
  /** Hash of everything that decides the run (model, data, recipe); a checkpoint of another run is not resumed. */
  run: string
  step: number
  /** Small values that the run continues with. */
  numbers: Record<string, number[]>
  arrays: Record<string, Float32Array>
}

/** Writes a checkpoint atomically, with a SHA-256 of its content at the end. */
export function writeCheckpoint(path: string, state: CheckpointState): void {
  const arrays = Object.entries(state.arrays)
  const header = { run: state.run, step: state.step, numbers: state.numbers, arrays: arrays.map(([name, data]) => [name, data.length]) }
  const text = Buffer.from(JSON.stringify(header))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  const parts: Uint8Array[] = [Buffer.from(magic), length, text, ...arrays.map(([, data]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))]
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  writeAtomically(path, [...parts, hash.digest()])
}

/**
 * Reads a checkpoint back; undefined when there is none, or when it belongs to another run than the one that must be named unless any will do.
 * Throws StorageError `CHECKPOINT_DAMAGED` when its hash does not fit.
 */
export function readCheckpoint(path: string, run?: string): CheckpointState | undefined {
  if (!existsSync(path)) return undefined
  const bytes = readFileSync(path)
  const body = bytes.subarray(0, Math.max(0, bytes.length - 32))
  const start = magic.length + 4
  const whole = bytes.length > start + 32 && createHash('sha256').update(body).digest().equals(bytes.subarray(bytes.length - 32))
  if (!whole || body.toString('latin1', 0, magic.length) !== magic) {
    throw new StorageError('CHECKPOINT_DAMAGED', `the checkpoint ${path} is damaged`, { fix: 'delete it to start the run again' })
  }
  const headerEnd = start + body.readUInt32LE(magic.length)
  const header = JSON.parse(body.toString('utf8', start, headerEnd)) as Omit<CheckpointState, 'arrays'> & { arrays: [string, number][] }
  if (run !== undefined && header.run !== run) return undefined
  const arrays: Record<string, Float32Array> = {}
  let at = headerEnd
  for (const [name, length] of header.arrays) {
    const data = new Float32Array(length)
    new Uint8Array(data.buffer).set(body.subarray(at, at + length * 4))
    arrays[name] = data
    at += length * 4
  }
  return { run: header.run, step: header.step, numbers: header.numbers, arrays }
}
