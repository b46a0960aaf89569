import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { halfBits } from '../gguf/encodeTensor.ts'
import { bfloatToFloat, halfToFloat } from './halfToFloat.ts'
import { readSafetensors } from './readSafetensors.ts'
import { writeSafetensors } from './writeSafetensors.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-safetensors-'))
const path = join(folder, 'x.safetensors')
afterAll(() => rmSync(folder, { recursive: true }))

/** Writes a file from a header and data, without the writer under test. */
function reading(header: unknown, data: Uint8Array = new Uint8Array(16), announced?: bigint): () => unknown {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(announced ?? BigInt(text.length))
  writeFileSync(path, Buffer.concat([length, text, data]))
  return () => readSafetensors(path)
}
const code = (value: string) => expect.objectContaining({ code: value })
const entry = (changes: object = {}) => ({ dtype: 'F32', shape: [2, 2], data_offsets: [0, 16], ...changes })

describe('safetensors', () => {
  it('reads what it wrote, and writes the same bytes whatever the order', () => {
    const tensor = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 12 }).map((values) => ({ shape: [values.length], values: Float32Array.from(values) }))
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__' && name !== '__proto__'), tensor, { minKeys: 1 }), (content) => {
        const entries = Object.entries(content)
        const bytes = writeSafetensors(new Map(entries), { format: 'pt' })
        expect(writeSafetensors(new Map(entries.reverse()), { format: 'pt' })).toEqual(bytes)
        writeFileSync(path, bytes)
        expect(Object.fromEntries(readSafetensors(path))).toEqual(Object.fromEntries(entries))
      }),
    )
  })

  it('reads half precision as the numbers that it stands for', () => {
    for (let bits = 0; bits < 65_536; bits++) {
      const value = halfToFloat(Uint16Array.of(bits))[0]!
      if (!Number.isNaN(value)) expect(halfBits(value)).toBe(bits)
    }
    expect([...bfloatToFloat(Uint16Array.of(0x3f80, 0xc020))]).toEqual([1, -2.5])
    expect(reading({ x: entry({ dtype: 'F16', shape: [1], data_offsets: [0, 2] }) }, Uint8Array.of(0, 0x3c))()).toEqual(new Map([['x', { shape: [1], values: Float32Array.of(1) }]]))
  })

  it('refuses hostile headers', () => {
    expect(reading({}, new Uint8Array(), 2n ** 63n)).toThrow(code('SAFETENSORS_HEADER'))
    expect(reading({}, new Uint8Array(), 1000n)).toThrow(code('FILE_TRUNCATED'))
    expect(reading('{"x":', new Uint8Array())).toThrow(code('SAFETENSORS_HEADER'))
    expect(reading([1])).toThrow(code('SAFETENSORS_HEADER'))
    expect(reading({ x: null })).toThrow(code('SAFETENSORS_TENSOR'))
    expect(reading({ x: entry({ dtype: 'I64' }) })).toThrow(code('SAFETENSORS_TENSOR'))
    expect(reading({ x: entry({ shape: [2 ** 31, 2 ** 31] }) })).toThrow(code('SAFETENSORS_TENSOR'))
    expect(reading({ x: entry({ shape: [-2, -2] }) })).toThrow(code('SAFETENSORS_TENSOR'))
    expect(reading({ x: entry({ shape: [2, 3] }) })).toThrow(code('SAFETENSORS_TENSOR'))
    expect(reading({ x: entry({ data_offsets: [16, 0] }) })).toThrow(code('SAFETENSORS_TENSOR'))
    expect(reading({ x: entry({ shape: [0], data_offsets: [0, 0] }) })).toThrow(code('SAFETENSORS_TENSOR'))
  })

  it('refuses overlaps, gaps, cut files, spare bytes and values that are not finite', () => {
    expect(reading({ x: entry(), y: entry({ data_offsets: [8, 24] }) }, new Uint8Array(24))).toThrow(code('SAFETENSORS_OFFSETS'))
    expect(reading({ x: entry({ data_offsets: [4, 20] }) }, new Uint8Array(20))).toThrow(code('SAFETENSORS_OFFSETS'))
    expect(reading({ x: entry() }, new Uint8Array(15))).toThrow(code('SAFETENSORS_TRUNCATED'))
    expect(reading({ x: entry() }, new Uint8Array(17))).toThrow(code('SAFETENSORS_OFFSETS'))
    for (const bad of [NaN, Infinity]) expect(reading({ x: entry() }, new Uint8Array(Float32Array.of(1, bad, 2, 3).buffer))).toThrow(code('SAFETENSORS_NOT_FINITE'))
  })
})
