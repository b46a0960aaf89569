import type { DeviceKind } from '@openledger/tensor'

/** What forward passes do differently on different backends. */
export type BackendTraits = {
  /**
   * Rows are bit-equal in any company, chunking and thread count. Elsewhere kernels are chosen by the number of rows, and the same row may differ
   * in its last bits from step to step.
   */
  batchInvariant: boolean
  /**
   * How adapters of single rows are multiplied. `neighbours`: b is kept transposed, and slots side by side are one product. `gathered`: b is kept
   * as it is, and one product picks each row's slot by index, so that one graph serves all adapters of a slab.
   */
  arrangement: 'neighbours' | 'gathered'
  /** Ranks are padded to a multiple of this in the window. CUDA's gathered products need whole tiles, or else leave its captured graphs. */
  rankMultiple: number
  /** Floats to whose multiple every factor's start is aligned. */
  alignment: number
  /** Rows of one sequence whose attention is one operation at most. */
  attentionRows: number
  /** Positions to whose multiple a cache slot's room is rounded up. */
  kvBlock: number
}

/**
 * On the CPU, 64 rows and more take another attention kernel, whose sums differ in their last bits; factors begin at a cache line, and pad nothing.
 */
const cpu: BackendTraits = { batchInvariant: true, arrangement: 'neighbours', rankMultiple: 1, alignment: 16, attentionRows: 32, kvBlock: 64 }

/** Binding offsets may have to be multiples of 256 bytes on Vulkan; attention kernels are fastest over multiples of 256 positions. */
const gpu: BackendTraits = { batchInvariant: false, arrangement: 'gathered', rankMultiple: 32, alignment: 64, attentionRows: 2 ** 20, kvBlock: 256 }

const table: Record<DeviceKind, BackendTraits> = { cpu, cuda: gpu, vulkan: gpu, metal: gpu }

/** The traits of a backend. */
export function traitsOf(backend: { kind: DeviceKind }): BackendTraits {
  return table[backend.kind]
}
