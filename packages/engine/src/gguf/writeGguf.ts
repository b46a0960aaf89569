import { fail } from '@openledger/protocol'

/** Metadata value kinds of GGUF v3 with their wire numbers. */
const valueTypes = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
} as const

/** Tensor encodings that can be written: ggml type number, values per block, bytes per block. */
export const ggufTensorTypes = {
  F32: { id: 0, blockValues: 1, blockBytes: 4 },
  F16: { id: 1, blockValues: 1, blockBytes: 2 },
  Q4_0: { id: 2, blockValues: 32, blockBytes: 18 },
  Q4_1: { id: 3, blockValues: 32, blockBytes: 20 },
  Q5_0: { id: 6, blockValues: 32, blockBytes: 22 },
  Q5_1: { id: 7, blockValues: 32, blockBytes: 24 },
  Q8_0: { id: 8, blockValues: 32, blockBytes: 34 },
  Q2_K: { id: 10, blockValues: 256, blockBytes: 84 },
  Q3_K: { id: 11, blockValues: 256, blockBytes: 110 },
  Q4_K: { id: 12, blockValues: 256, blockBytes: 144 },
  Q5_K: { id: 13, blockValues: 256, blockBytes: 176 },
  Q6_K: { id: 14, blockValues: 256, blockBytes: 210 },
  BF16: { id: 30, blockValues: 1, blockBytes: 2 },
} as const

export type GgufTensorType = keyof typeof ggufTensorTypes
export type GgufNumberType = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64'
export type GgufScalar =
  | { type: GgufNumberType; value: number }
  | { type: 'uint64' | 'int64'; value: bigint }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
export type GgufArray =
  | { type: 'array'; of: GgufNumberType; value: ArrayLike<number> }
  | { type: 'array'; of: 'uint64' | 'int64'; value: readonly bigint[] }
  | { type: 'array'; of: 'bool'; value: readonly boolean[] }
  | { type: 'array'; of: 'string'; value: readonly string[] }
export type GgufMetadataValue = GgufScalar | GgufArray

/** One tensor to write: `shape` in ggml order (fastest dimension first), `data` already encoded as `type`. */
export interface GgufTensorData {
  name: string
  shape: readonly number[]
  type: GgufTensorType
  data: Uint8Array
}

/** Tensor data starts at multiples of this, the format's default. */
export const ggufAlignment = 32
const utf8 = new TextEncoder()

class ByteSink {
  private bytes = new Uint8Array(1 << 16)
  private view = new DataView(this.bytes.buffer)
  length = 0

  private reserve(count: number): number {
    const at = this.length
    if (at + count > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.bytes.length * 2, at + count))
      grown.set(this.bytes.subarray(0, at))
      this.bytes = grown
      this.view = new DataView(grown.buffer)
    }
    this.length = at + count
    return at
  }
  number(type: GgufNumberType, value: number): void {
    switch (type) {
      case 'uint8':
        return this.put(1, (at) => this.view.setUint8(at, value))
      case 'int8':
        return this.put(1, (at) => this.view.setInt8(at, value))
      case 'uint16':
        return this.put(2, (at) => this.view.setUint16(at, value, true))
      case 'int16':
        return this.put(2, (at) => this.view.setInt16(at, value, true))
      case 'uint32':
        return this.put(4, (at) => this.view.setUint32(at, value, true))
      case 'int32':
        return this.put(4, (at) => this.view.setInt32(at, value, true))
      case 'float32':
        return this.put(4, (at) => this.view.setFloat32(at, value, true))
      case 'float64':
        return this.put(8, (at) => this.view.setFloat64(at, value, true))
    }
  }
  private put(count: number, write: (at: number) => void): void {
    write(this.reserve(count))
  }
  bigint(type: 'uint64' | 'int64', value: bigint): void {
    const at = this.reserve(8)
    if (type === 'uint64') this.view.setBigUint64(at, value, true)
    else this.view.setBigInt64(at, value, true)
  }
  raw(data: Uint8Array): void {
    const at = this.reserve(data.length)
    this.bytes.set(data, at)
  }
  string(value: string): void {
    const encoded = utf8.encode(value)
    this.bigint('uint64', BigInt(encoded.length))
    this.raw(encoded)
  }
  pad(multiple: number): void {
    const rest = this.length % multiple
    if (rest !== 0) this.bytes.fill(0, this.reserve(multiple - rest), this.length)
  }
  take(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }
}

function writeScalar(sink: ByteSink, scalar: GgufScalar): void {
  switch (scalar.type) {
    case 'uint64':
    case 'int64':
      return sink.bigint(scalar.type, scalar.value)
    case 'bool':
      return sink.number('uint8', scalar.value ? 1 : 0)
    case 'string':
      return sink.string(scalar.value)
    default:
      return sink.number(scalar.type, scalar.value)
  }
}

function writeValue(sink: ByteSink, value: GgufMetadataValue): void {
  sink.number('uint32', valueTypes[value.type])
  if (value.type !== 'array') return writeScalar(sink, value)
  sink.number('uint32', valueTypes[value.of])
  sink.bigint('uint64', BigInt(value.value.length))
  for (let i = 0; i < value.value.length; i += 1) {
    writeScalar(sink, { type: value.of, value: value.value[i] } as GgufScalar)
  }
}

/** Bytes that a tensor of this shape and encoding takes; refuses rows that are not whole blocks. */
export function ggufTensorBytes(type: GgufTensorType, shape: readonly number[]): number {
  const { blockValues, blockBytes } = ggufTensorTypes[type]
  if (shape.length < 1 || shape.length > 4 || shape.some((n) => !Number.isSafeInteger(n) || n < 1)) {
    fail('GGUF_SHAPE', `tensor shape [${shape.join(', ')}] is not 1 to 4 positive integers`)
  }
  if (shape[0]! % blockValues !== 0) {
    fail('GGUF_SHAPE', `${type} needs rows in multiples of ${blockValues}, not ${shape[0]}`)
  }
  return (shape.reduce((a, b) => a * b, 1) / blockValues) * blockBytes
}

/**
 * Encodes one GGUF v3 file, little-endian, tensor data aligned to 32 bytes (the format's default).
 * Metadata keeps its insertion order; `general.alignment` must not be given. Tensor data is copied.
 * Throws InputError (GGUF_NAME, GGUF_SHAPE, GGUF_DATA) on duplicate names, bad shapes or data of the wrong length.
 * Layout: the GGUF specification of the ggml project, version 3.
 */
export function writeGguf(
  metadata: Readonly<Record<string, GgufMetadataValue>>,
  tensors: readonly GgufTensorData[],
): Uint8Array {
  for (const { name, shape, type, data } of tensors) {
    const expected = ggufTensorBytes(type, shape)
    if (data.length !== expected) {
      fail('GGUF_DATA', `tensor ${name} has ${data.length} bytes, its shape and type need ${expected}`)
    }
  }
  const sink = new ByteSink()
  sink.raw(encodeGgufHeader(metadata, tensors))
  for (const { data } of tensors) {
    sink.raw(data)
    sink.pad(ggufAlignment)
  }
  return sink.take()
}

/**
 * Encodes everything that stands before the tensor data of a GGUF v3 file, padded to where the data begins. The data of each tensor
 * follows in the same order, each padded with zeros to a multiple of {@link ggufAlignment}.
 * Throws InputError (GGUF_NAME, GGUF_SHAPE).
 */
export function encodeGgufHeader(
  metadata: Readonly<Record<string, GgufMetadataValue>>,
  tensors: readonly Omit<GgufTensorData, 'data'>[],
): Uint8Array {
  const names = new Set<string>()
  for (const { name } of tensors) {
    if (names.has(name)) fail('GGUF_NAME', `two tensors are called ${name}`)
    if (utf8.encode(name).length > 63) fail('GGUF_NAME', `tensor name ${name} is longer than 63 bytes`)
    names.add(name)
  }
  if ('general.alignment' in metadata) fail('GGUF_NAME', 'general.alignment is fixed to 32 here')

  const sink = new ByteSink()
  sink.raw(utf8.encode('GGUF'))
  sink.number('uint32', 3)
  sink.bigint('uint64', BigInt(tensors.length))
  const entries = Object.entries(metadata)
  sink.bigint('uint64', BigInt(entries.length))
  for (const [key, value] of entries) {
    sink.string(key)
    writeValue(sink, value)
  }
  let offset = 0
  for (const { name, shape, type } of tensors) {
    sink.string(name)
    sink.number('uint32', shape.length)
    for (const n of shape) sink.bigint('uint64', BigInt(n))
    sink.number('uint32', ggufTensorTypes[type].id)
    sink.bigint('uint64', BigInt(offset))
    offset += Math.ceil(ggufTensorBytes(type, shape) / ggufAlignment) * ggufAlignment
  }
  sink.pad(ggufAlignment)
  return sink.take()
}
