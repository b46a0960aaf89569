import type { Hex } from '@openledger/protocol'
import type { AdapterShape } from './AdapterShape.ts'
import type { AdapterSlab } from './AdapterSlab.ts'

/** An adapter that a step can compute with: a slot of a slab in an `AdapterWindow`, which owns it and may move it between steps. */
export type LoadedAdapter = {
  readonly id: Hex
  readonly shape: AdapterShape
  readonly slab: AdapterSlab
  /** Index among the slots of the slab. */
  readonly slot: number
  /** Bytes in the backend's memory. */
  readonly bytes: number
}
