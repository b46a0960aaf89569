import { fail } from '@openledger/protocol'
import { type Backend, type DeviceBuffer, type Tensor, TensorContext, TensorType } from '@openledger/tensor'
import type { ModelConfig } from '../model/ModelConfig.ts'

/** Attention reads keys and values in whole blocks of this many positions, so that a row's sums never depend on its neighbours. */
export const kvBlock = 64

export type KvType = 'F32' | 'F16'

/**
 * Keys and values of several sequences, one slot each. Keys are kept [width of all kv heads, positions, slots],
 * values transposed [positions, width of all kv heads, slots]. The maker disposes it.
 */
export class KvCache {
  readonly type: KvType
  /** Positions per slot: a multiple of `kvBlock`. */
  readonly positions: number
  readonly slots: number
  /** Bytes per element. */
  readonly elementBytes: number
  readonly keys: Tensor[] = []
  readonly values: Tensor[] = []
  readonly #context: TensorContext
  readonly #buffer: DeviceBuffer
  readonly #free: number[]

  constructor(config: ModelConfig, backend: Backend, options: { slots: number; positions: number; type: KvType }) {
    const { slots, type } = options
    if (!Number.isSafeInteger(slots) || slots < 1 || !Number.isSafeInteger(options.positions) || options.positions < 1) {
      fail('KV_SIZE', `a cache of ${slots} slots with ${options.positions} positions cannot be made`)
    }
    this.type = type
    this.slots = slots
    this.positions = Math.ceil(options.positions / kvBlock) * kvBlock
    this.elementBytes = type === 'F32' ? 4 : 2
    const width = config.kvHeads * config.headWidth
    this.#context = new TensorContext(backend.ggml, { tensors: 2 * config.layers + 1 })
    for (let layer = 0; layer < config.layers; layer++) {
      this.keys.push(this.#context.tensor(TensorType[type], [width, this.positions, slots]))
      this.values.push(this.#context.tensor(TensorType[type], [this.positions, width, slots]))
    }
    // Positions that were never written are read with weight zero: they must hold finite numbers.
    this.#buffer = backend.allocate(this.#context).clear()
    this.#free = Array.from({ length: slots }, (_, index) => slots - 1 - index)
  }

  get bytes(): number {
    return this.#buffer.bytes
  }

  get freeSlots(): number {
    return this.#free.length
  }

  /** Takes a slot, or undefined when all are taken. Its contents are stale and must be written before they are read. */
  take(): number | undefined {
    return this.#free.pop()
  }

  /** Gives a slot back. @throws InputError `KV_SLOT` when it was not taken */
  release(slot: number): void {
    if (slot < 0 || slot >= this.slots || this.#free.includes(slot)) fail('KV_SLOT', `slot ${slot} is not taken`, { action: 'stop' })
    this.#free.push(slot)
  }

  dispose(): void {
    this.#buffer.dispose()
    this.#context.dispose()
  }
}
