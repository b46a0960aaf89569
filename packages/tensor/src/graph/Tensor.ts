import koffi, { type TypeObject } from 'koffi'
import { InputError } from '@openledger/protocol'
import type { Pointer } from '../library/bindFunctions.ts'
import type { TensorContext } from './TensorContext.ts'
import type { TensorType } from './TensorType.ts'

export type Shape = readonly [number, number, number, number]

// Offsets inside `struct ggml_tensor`; checked against a tensor of known shape when a context is first made.
const typeOffset = 0n
const extentOffset = 16n
const strideOffset = 48n
// Made once: koffi keeps a new type, for good, whenever it is asked to decode so many of another.
const extents = koffi.array('int64_t', 4)
const strides = koffi.array('size_t', 4)

/**
 * A node or leaf of a graph: a handle that is valid as long as its context is.
 * Its elements can be read and written once memory was given to the context (by a `DeviceBuffer` or a `GraphAllocator`).
 */
export class Tensor {
  readonly context: TensorContext
  readonly #address: Pointer
  readonly #generation: number
  #shape: Shape | undefined
  #strides: Shape | undefined
  #opaque = false

  constructor(context: TensorContext, address: Pointer) {
    this.context = context
    this.#address = address
    this.#generation = context.generation
  }

  /** The native address. @throws InputError `TENSOR_DEAD` once the context was reset or disposed. */
  get address(): Pointer {
    if (this.#generation !== this.context.generation) {
      throw new InputError('TENSOR_DEAD', 'the context of this tensor was disposed or reset', { action: 'stop' })
    }
    return this.#address
  }

  get type(): TensorType {
    return koffi.decode(this.address + typeOffset, 'int') as TensorType
  }

  /** Extents, innermost first. */
  get shape(): Shape {
    return (this.#shape ??= decodeFour(this.address + extentOffset, extents))
  }

  /** Strides in bytes, innermost first. */
  get strides(): Shape {
    return (this.#strides ??= decodeFour(this.address + strideOffset, strides))
  }

  get elements(): number {
    return this.shape[0] * this.shape[1] * this.shape[2] * this.shape[3]
  }

  get bytes(): number {
    return this.context.ggml.base.bytesOf<number>(this.address)
  }

  get name(): string {
    return this.context.ggml.base.getName<string>(this.address)
  }

  /** Names the tensor (at most 63 bytes are kept). */
  named(name: string): this {
    this.context.ggml.base.setName(this.address, name)
    return this
  }

  /** Keeps the allocator from reusing this tensor's memory before the graph has run. */
  asInput(): this {
    this.context.ggml.base.setInput(this.address)
    return this
  }

  /** Keeps the tensor's memory after it was computed, so that it can be read. */
  asOutput(): this {
    this.context.ggml.base.setOutput(this.address)
    return this
  }

  /** Whether the memory keeps the elements in an order of its own: they are written as a whole, and cannot be read back. */
  get isOpaque(): boolean {
    return this.#opaque
  }

  /** Called by whoever gives the tensor such memory. */
  markOpaque(): void {
    this.#opaque = true
  }

  /** Makes an attention node sum in F32, as the CPU does; devices may otherwise sum in F16. */
  withF32Sums(): this {
    this.context.ggml.base.setAttentionPrecision(this.address, 10)
    return this
  }

  /** Copies the bytes of a typed array into the tensor, as they are. @param offset in bytes */
  write(source: ArrayBufferView, offset = 0): this {
    this.#check(offset, source.byteLength)
    if (this.#opaque && source.byteLength !== this.bytes) this.#refuseOpaque('is written as a whole')
    if (source.byteLength > 0) this.context.ggml.base.setTensor(this.address, source, offset, source.byteLength)
    return this
  }

  /** Fills a typed array with the tensor's bytes, as they are, and returns it. @param offset in bytes */
  read<Target extends ArrayBufferView>(target: Target, offset = 0): Target {
    this.#check(offset, target.byteLength)
    if (this.#opaque) this.#refuseOpaque('cannot be read back')
    if (target.byteLength > 0) this.context.ggml.base.getTensor(this.address, target, offset, target.byteLength)
    return target
  }

  /** All elements of an F32 tensor, in memory order. */
  readF32(): Float32Array {
    if (this.type !== 0) throw new InputError('TENSOR_TYPE', `readF32 needs an F32 tensor, this one has type ${this.type}`)
    return this.read(new Float32Array(this.bytes / 4))
  }

  /** All elements of an I32 tensor, in memory order. */
  readI32(): Int32Array {
    if (this.type !== 26) throw new InputError('TENSOR_TYPE', `readI32 needs an I32 tensor, this one has type ${this.type}`)
    return this.read(new Int32Array(this.bytes / 4))
  }

  /** Sets every byte to zero. */
  clear(): this {
    this.#check(0, 0)
    if (this.#opaque) this.#refuseOpaque('is written as a whole')
    this.context.ggml.base.fillTensor(this.address, 0, 0, this.bytes)
    return this
  }

  #refuseOpaque(why: string): never {
    throw new InputError('TENSOR_OPAQUE', `tensor ${this.name} lies in memory of a layout of its own: it ${why}`, { action: 'stop' })
  }

  #check(offset: number, length: number): void {
    if (!this.context.hasStorage) throw new InputError('TENSOR_NO_MEMORY', `tensor ${this.name} has no memory: allocate its context or graph first`)
    const size = this.bytes
    if (!Number.isSafeInteger(offset) || offset < 0 || offset + length > size) {
      throw new InputError('TENSOR_RANGE', `bytes ${offset} to ${offset + length} lie outside tensor ${this.name} of ${size} bytes`)
    }
  }
}

function decodeFour(address: Pointer, four: TypeObject): Shape {
  const values = koffi.decode(address, four) as BigInt64Array
  return [Number(values[0]), Number(values[1]), Number(values[2]), Number(values[3])]
}
