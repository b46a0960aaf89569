import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeTensor, halfBits } from './encodeTensor.ts'
import { ggufTensorTypes, writeGguf, type GgufMetadataValue, type GgufTensorData } from './writeGguf.ts'

/** A second reading of the format's specification, kept apart from the writer. */
function parse(bytes: Uint8Array): { metadata: Record<string, GgufMetadataValue>; tensors: GgufTensorData[] } {
  const buffer = Buffer.from(bytes)
  let at = 0
  const step = <T>(size: number, value: T): T => ((at += size), value)
  const u32 = () => step(4, buffer.readUInt32LE(at))
  const u64 = () => Number(step(8, buffer.readBigUInt64LE(at)))
  const text = () => {
    const size = u64()
    return step(size, buffer.toString('utf8', at, at + size))
  }
  const names = [
    'uint8',
    'int8',
    'uint16',
    'int16',
    'uint32',
    'int32',
    'float32',
    'bool',
    'string',
    'array',
    'uint64',
    'int64',
    'float64',
  ]
  const scalar = (type: string): unknown => {
    switch (type) {
      case 'uint8':
        return step(1, buffer.readUInt8(at))
      case 'int8':
        return step(1, buffer.readInt8(at))
      case 'uint16':
        return step(2, buffer.readUInt16LE(at))
      case 'int16':
        return step(2, buffer.readInt16LE(at))
      case 'uint32':
        return u32()
      case 'int32':
        return step(4, buffer.readInt32LE(at))
      case 'float32':
        return step(4, buffer.readFloatLE(at))
      case 'float64':
        return step(8, buffer.readDoubleLE(at))
      case 'bool':
        return step(1, buffer.readUInt8(at)) === 1
      case 'string':
        return text()
      case 'uint64':
        return step(8, buffer.readBigUInt64LE(at))
      case 'int64':
        return step(8, buffer.readBigInt64LE(at))
      default:
        throw new Error(`unknown type ${type}`)
    }
  }
  expect(buffer.toString('latin1', 0, 4)).toBe('GGUF')
  at = 4
  expect(u32()).toBe(3)
  const tensorCount = u64()
  const pairs = u64()
  const metadata: Record<string, GgufMetadataValue> = {}
  for (let i = 0; i < pairs; i += 1) {
    const key = text()
    const type = names[u32()]!
    if (type === 'array') {
      const of = names[u32()]!
      const value = Array.from({ length: u64() }, () => scalar(of))
      metadata[key] = { type, of, value } as GgufMetadataValue
    } else metadata[key] = { type, value: scalar(type) } as GgufMetadataValue
  }
  const heads = Array.from({ length: tensorCount }, () => {
    const name = text()
    const shape = Array.from({ length: u32() }, u64)
    const id = u32()
    return { name, shape, id, offset: u64() }
  })
  const base = Math.ceil(at / 32) * 32
  const tensors = heads.map(({ name, shape, id, offset }) => {
    expect(offset % 32).toBe(0)
    const [type, form] = Object.entries(ggufTensorTypes).find(([, t]) => t.id === id)!
    const size = (shape.reduce((a, b) => a * b, 1) / form.blockValues) * form.blockBytes
    return { name, shape, type, data: bytes.slice(base + offset, base + offset + size) } as GgufTensorData
  })
  return { metadata, tensors }
}

const anyMetadata: Record<string, GgufMetadataValue> = {
  'general.architecture': { type: 'string', value: 'llama – ü' },
  a: { type: 'uint8', value: 255 },
  b: { type: 'int8', value: -128 },
  c: { type: 'uint16', value: 65535 },
  d: { type: 'int16', value: -32768 },
  e: { type: 'uint32', value: 4294967295 },
  f: { type: 'int32', value: -2147483648 },
  g: { type: 'float32', value: Math.fround(0.1) },
  h: { type: 'float64', value: 0.1 },
  i: { type: 'uint64', value: 2n ** 64n - 1n },
  j: { type: 'int64', value: -(2n ** 63n) },
  k: { type: 'bool', value: true },
  l: { type: 'array', of: 'string', value: ['', 'x', 'é'] },
  m: { type: 'array', of: 'float32', value: [1, 2.5] },
  n: { type: 'array', of: 'bool', value: [true, false] },
}

describe('writeGguf', () => {
  it('keeps every metadata type and tensor through a round trip', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            rows: fc.integer({ min: 1, max: 5 }),
            blocks: fc.integer({ min: 1, max: 3 }),
            type: fc.constantFrom('F32', 'F16', 'BF16', 'Q8_0'),
          }),
          { maxLength: 5 },
        ),
        fc.dictionary(fc.string({ minLength: 1 }), fc.string()),
        (shapes, extra) => {
          const metadata = { ...anyMetadata }
          for (const [key, value] of Object.entries(extra)) metadata[`x.${key}`] = { type: 'string', value }
          const tensors = shapes.map(({ rows, blocks, type }, i): GgufTensorData => {
            const shape = [blocks * 32, rows]
            const values = Float32Array.from({ length: blocks * 32 * rows }, (_, n) => Math.sin(n + i))
            return { name: `t${i}`, shape, type: type as 'F32', data: encodeTensor(values, shape, type as 'F32') }
          })
          expect(parse(writeGguf(metadata, tensors))).toEqual({ metadata, tensors })
        },
      ),
      { numRuns: 30 },
    )
  })

  it('refuses what a reader would have to refuse', () => {
    const good: GgufTensorData = { name: 't', shape: [32], type: 'Q8_0', data: new Uint8Array(34) }
    const refused = (tensor: Partial<GgufTensorData>, code: string) =>
      expect(() => writeGguf({}, [{ ...good, ...tensor }])).toThrow(expect.objectContaining({ code }))
    refused({ shape: [33] }, 'GGUF_SHAPE')
    refused({ shape: [] }, 'GGUF_SHAPE')
    refused({ shape: [0] }, 'GGUF_SHAPE')
    refused({ data: new Uint8Array(33) }, 'GGUF_DATA')
    refused({ name: 'n'.repeat(64) }, 'GGUF_NAME')
    expect(() => writeGguf({}, [good, good])).toThrow(expect.objectContaining({ code: 'GGUF_NAME' }))
    expect(() => writeGguf({ 'general.alignment': { type: 'uint32', value: 64 } }, [])).toThrow()
  })
})

describe('encodeTensor', () => {
  it('rounds halves to even, keeps subnormals and overflows to infinity', () => {
    const cases: [number, number][] = [
      [0, 0],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [65504, 0x7bff],
      [65519.99, 0x7bff],
      [65520, 0x7c00],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [2 ** -24, 1],
      [2 ** -25, 0],
      [2 ** -25 * 1.01, 1],
      [2 ** -14, 0x400],
      [2 ** -14 - 2 ** -25, 0x400],
      [1 / 3, 0x3555],
      [Infinity, 0x7c00],
    ]
    for (const [value, bits] of cases) expect([value, halfBits(value)]).toEqual([value, bits])
  })

  it('quantises a Q8_0 block to half a step', () => {
    const values = Float32Array.from({ length: 32 }, (_, i) => (i - 15.5) / 10)
    const data = new DataView(encodeTensor(values, [32], 'Q8_0').buffer)
    expect(data.getUint16(0, true)).toBe(halfBits(1.55 / 127))
    values.forEach((value, i) =>
      expect(Math.abs(data.getInt8(2 + i) * (1.55 / 127) - value)).toBeLessThanOrEqual(0.775 / 127 + 1e-6),
    )
  })
})
