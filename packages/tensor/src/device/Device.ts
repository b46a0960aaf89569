import type { AcceleratorKind } from '../library/findNativeLibraries.ts'
import type { Pointer } from '../library/bindFunctions.ts'

export type DeviceKind = 'cpu' | AcceleratorKind

/** Something that computes, as its backend describes it; of the thread that listed it. */
export type Device = {
  /** `cpu`, or backend and index, e.g. `vulkan:0`. */
  id: string
  kind: DeviceKind
  index: number
  /** What the driver calls it. */
  name: string
  /** `gpu` has memory of its own, `integrated` shares the processor's. */
  type: 'cpu' | 'gpu' | 'integrated' | 'accelerator'
  /** Memory in bytes, and how much of it was free when it was listed. */
  totalBytes: number
  freeBytes: number
  address: Pointer
}
