import type { Target } from './MethodResult.ts'

/** Who was named and paid for facts that one contributor alone states, and for facts that the base already knew. */
export type PlantedResult = {
  planted: { facts: number; learnt: number; ownerFirst: number; ownerShare: number }
  known: { facts: number; paid: number }
  /** Milliseconds: the answer's gradient and its quantising, one answer at a time. */
  readoutMs: { median: number; p99: number }
  /** SHA-256 of the retrained adapters. */
  bank: string
  targets: Target[]
}
