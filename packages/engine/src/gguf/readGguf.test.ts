import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { OpenLedgerError } from '@openledger/protocol'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { readGguf } from './readGguf.ts'
import { type GgufMetadataValue, type GgufTensorData, writeGguf } from './writeGguf.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-gguf-'))
const path = join(folder, 'file.gguf')
afterAll(() => rmSync(folder, { recursive: true }))

const metadata: Record<string, GgufMetadataValue> = { 'general.architecture': { type: 'string', value: 'llama' }, 'llama.block_count': { type: 'uint32', value: 2 } }
const tensors: GgufTensorData[] = [
  { name: 'a', shape: [4, 2], type: 'F32', data: new Uint8Array(32).fill(1) },
  { name: 'b', shape: [32], type: 'Q8_0', data: new Uint8Array(34).fill(2) },
]
const good = Buffer.from(writeGguf(metadata, tensors))

/** Reads a changed copy of a good file. */
function reading(change: (file: Buffer) => Buffer | void): () => unknown {
  const copy = Buffer.from(good)
  writeFileSync(path, change(copy) ?? copy)
  return () => readGguf(path)
}
const code = (value: string) => expect.objectContaining({ code: value })
const entryAt = (name: string): number => good.indexOf(Buffer.from(name + (name.length === 1 ? '\x02\0\0\0' : ''), 'latin1')) + name.length

describe('readGguf', () => {
  it('reads what writeGguf wrote', () => {
    writeFileSync(path, good)
    const file = readGguf(path)
    expect(Object.fromEntries(file.metadata)).toEqual(metadata)
    for (const tensor of tensors) {
      const info = file.tensors.get(tensor.name)!
      expect(info.shape).toEqual(tensor.shape)
      expect(info.bytes).toBe(tensor.data.length)
      expect(Buffer.from(good.subarray(info.offset, info.offset + info.bytes))).toEqual(Buffer.from(tensor.data))
    }
  })

  it('refuses other files and versions', () => {
    expect(reading(() => Buffer.alloc(0))).toThrow(code('GGUF_MAGIC'))
    expect(reading(() => Buffer.from('GGML'.repeat(20)))).toThrow(code('GGUF_MAGIC'))
    expect(reading((file) => void file.writeUInt32LE(1, 4))).toThrow(code('GGUF_VERSION'))
    expect(reading((file) => void file.writeUInt32BE(3, 4))).toThrow(code('GGUF_VERSION'))
    expect(() => readGguf(join(folder, 'absent.gguf'))).toThrow(code('FILE_UNREADABLE'))
    expect(() => readGguf(folder)).toThrow(code('FILE_UNREADABLE'))
  })

  it('refuses counts and lengths that no file can hold', () => {
    expect(reading((file) => void file.writeBigUInt64LE(2n ** 63n, 8))).toThrow(code('GGUF_COUNT'))
    expect(reading((file) => void file.writeBigUInt64LE(2n ** 63n, 16))).toThrow(code('GGUF_COUNT'))
    expect(reading((file) => void file.writeBigUInt64LE(2n ** 63n, 24))).toThrow(code('GGUF_STRING'))
    expect(reading((file) => void file.writeBigUInt64LE(10_000n, 24))).toThrow(code('FILE_TRUNCATED'))
  })

  it('refuses unknown kinds, types and shapes', () => {
    const shape = entryAt('a') + 4
    expect(reading((file) => void file.writeUInt32LE(99, good.indexOf('general.architecture') + 20))).toThrow(code('GGUF_KIND'))
    expect(reading((file) => void file.writeUInt32LE(9, shape - 4))).toThrow(code('GGUF_SHAPE'))
    expect(reading((file) => void file.writeBigUInt64LE(0n, shape))).toThrow(code('GGUF_SHAPE'))
    expect(reading((file) => void file.writeBigUInt64LE(2n ** 63n, shape))).toThrow(code('GGUF_SHAPE'))
    expect(reading((file) => (file.writeBigUInt64LE(2n ** 32n, shape), void file.writeBigUInt64LE(2n ** 32n, shape + 8)))).toThrow(code('GGUF_SHAPE'))
    expect(reading((file) => void file.writeUInt32LE(4, shape + 16))).toThrow(code('GGUF_TYPE'))
    expect(reading((file) => void file.writeUInt32LE(8, shape + 16))).toThrow(code('GGUF_SHAPE'))
  })

  it('refuses places outside the file, off the alignment, and on top of each other', () => {
    const offset = entryAt('a') + 4 + 16 + 4
    const second = offset + 8 + 8 + 1 + 4 + 8 + 4
    expect(good.readBigUInt64LE(second)).toBe(32n)
    expect(reading((file) => void file.writeBigUInt64LE(2n ** 63n, offset))).toThrow(code('GGUF_OFFSET'))
    expect(reading((file) => void file.writeBigUInt64LE(8n, offset))).toThrow(code('GGUF_OFFSET'))
    expect(reading((file) => void file.writeBigUInt64LE(0n, second))).toThrow(code('GGUF_OVERLAP'))
    expect(reading((file) => void file.writeBigUInt64LE(64n, second))).toThrow(code('GGUF_TRUNCATED'))
    expect(reading((file) => file.subarray(0, file.length - 31))).toThrow(code('GGUF_TRUNCATED'))
  })

  it('refuses names that stand twice', () => {
    expect(reading((file) => void file.write('a', good.indexOf(Buffer.from('b\x01\0\0\0', 'latin1'))))).toThrow(code('GGUF_DUPLICATE'))
  })

  it('answers any cut or flipped byte with a coded error or a whole result, never otherwise', () => {
    const model = join(folder, 'model.gguf')
    writeTinyModel(model, { layers: 1 })
    const whole = readFileSync(model)
    const headerEnd = Math.min(...[...readGguf(model).tensors.values()].map((tensor) => tensor.offset))
    fc.assert(
      fc.property(fc.nat(headerEnd - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, cut) => {
        const copy = Buffer.from(cut ? whole.subarray(0, at) : whole)
        if (!cut) copy[at] = copy[at]! ^ flip
        writeFileSync(path, copy)
        try {
          readGguf(path)
          return !cut
        } catch (error) {
          return error instanceof OpenLedgerError
        }
      }),
      { numRuns: 150 },
    )
  })
})
