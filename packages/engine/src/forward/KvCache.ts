import { fail } from '@openledger/protocol'
import { type Backend, type DeviceBuffer, type Tensor, TensorContext, TensorType } from '@openledger/tensor'
import type { ModelConfig } from '../model/ModelConfig.ts'
import { traitsOf } from './BackendTraits.ts'

export type KvType = 'F32' | 'F16' | 'Q8_0'

/**
 * Keys and values of several sequences, one slot each: [width of all kv heads, positions, slots] per layer. The maker disposes it.
 */
export class KvCache {
  readonly type: KvType
  /** Positions per slot: a multiple of the backend's `kvBlock`. */
  readonly positions: number
  readonly slots: number
  /** Bytes of one head, of one position and of one slot. */
  readonly strides: { head: number; position: number; slot: number }
  readonly keys: Tensor[] = []
  readonly values: Tensor[] = []
  readonly #context: TensorContext
  readonly #buffer: DeviceBuffer
  readonly #free = new Set<number>()
  #staging = new Uint8Array(0)

  /** @throws InputError `KV_SIZE`, `KV_TYPE`; UnavailableError `OUT_OF_MEMORY` */
  constructor(config: ModelConfig, backend: Backend, options: { slots: number; positions: number; type: KvType }) {
    const { slots, type } = options
    if (!Number.isSafeInteger(slots) || slots < 1 || !Number.isSafeInteger(options.positions) || options.positions < 1) {
      fail('KV_SIZE', `a cache of ${slots} slots with ${options.positions} positions cannot be made`)
    }
    if (type === 'Q8_0' && config.headWidth % 32 !== 0) fail('KV_TYPE', `heads of width ${config.headWidth} cannot be kept as Q8_0, which packs 32 numbers together`, { field: 'kvType', fix: 'use F16' })
    this.type = type
    this.slots = slots
    const { kvBlock } = traitsOf(backend)
    this.positions = Math.ceil(options.positions / kvBlock) * kvBlock
    const width = config.kvHeads * config.headWidth
    this.#context = new TensorContext(backend.ggml, { tensors: 2 * config.layers + 1 })
    for (let layer = 0; layer < config.layers; layer++) {
      this.keys.push(this.#context.tensor(TensorType[type], [width, this.positions, slots]))
      this.values.push(this.#context.tensor(TensorType[type], [width, this.positions, slots]))
    }
    const [, position, slot] = this.keys[0]!.strides
    this.strides = { head: position / config.kvHeads, position, slot }
    try {
      // Positions that were never written are passed over, but must not hold anything that is not a number.
      this.#buffer = backend.allocate(this.#context).clear()
    } catch (error) {
      this.#context.dispose()
      throw error
    }
    for (let index = 0; index < slots; index++) this.#free.add(index)
  }

  get bytes(): number {
    return this.#buffer.bytes
  }

  get freeSlots(): number {
    return this.#free.size
  }

  /** Takes the lowest free slot, or undefined when all are taken. Its contents are stale and must be written before they are read. */
  take(): number | undefined {
    if (this.#free.size === 0) return undefined
    const slot = Math.min(...this.#free)
    this.#free.delete(slot)
    return slot
  }

  /** Gives a slot back. @throws InputError `KV_SLOT` when it was not taken */
  release(slot: number): void {
    if (!Number.isInteger(slot) || slot < 0 || slot >= this.slots || this.#free.has(slot)) fail('KV_SLOT', `slot ${slot} is not taken`, { action: 'stop' })
    this.#free.add(slot)
  }

  /** Copies the first positions of one slot over those of another; both must be taken. @throws InputError `KV_SLOT`, `KV_SIZE` */
  copy(from: number, to: number, positions: number): void {
    this.#check([from, to], positions)
    const bytes = positions * this.strides.position
    if (from === to || bytes === 0) return
    if (this.#staging.length < bytes) this.#staging = new Uint8Array(bytes)
    const staging = this.#staging.subarray(0, bytes)
    for (const tensor of [...this.keys, ...this.values]) tensor.write(tensor.read(staging, from * this.strides.slot), to * this.strides.slot)
  }

  /** Bytes that one position takes in all layers. */
  get positionBytes(): number {
    return this.strides.position * (this.keys.length + this.values.length)
  }

  /** A copy of the first positions of a slot, outside of the cache. @throws InputError `KV_SLOT`, `KV_SIZE` */
  save(slot: number, positions: number): Uint8Array {
    this.#check([slot], positions)
    const content = new Uint8Array(positions * this.positionBytes)
    this.#pieces(content).forEach(([tensor, piece]) => piece.length > 0 && tensor.read(piece, slot * this.strides.slot))
    return content
  }

  /** Writes a copy that `save` made into the first positions of a slot. @throws InputError `KV_SLOT`, `KV_SIZE` */
  restore(slot: number, content: Uint8Array): void {
    this.#check([slot], content.length / this.positionBytes)
    this.#pieces(content).forEach(([tensor, piece]) => piece.length > 0 && tensor.write(piece, slot * this.strides.slot))
  }

  dispose(): void {
    this.#buffer.dispose()
    this.#context.dispose()
  }

  #check(slots: readonly number[], positions: number): void {
    for (const slot of slots) if (!Number.isInteger(slot) || slot < 0 || slot >= this.slots || this.#free.has(slot)) fail('KV_SLOT', `slot ${slot} is not taken`, { action: 'stop' })
    if (!Number.isSafeInteger(positions) || positions < 0 || positions > this.positions) fail('KV_SIZE', `${positions} positions cannot be copied`, { action: 'stop' })
  }

  /** Equal parts of a copy, one for each tensor. */
  #pieces(content: Uint8Array): [Tensor, Uint8Array][] {
    const tensors = [...this.keys, ...this.values]
    const bytes = content.length / tensors.length
    return tensors.map((tensor, index) => [tensor, content.subarray(index * bytes, (index + 1) * bytes)])
  }
}
