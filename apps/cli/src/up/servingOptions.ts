import type { EngineOptions, FactorType, KvType } from '@openledger/engine'

/** What `openledger up` says about the engine that answers. */
export type ServingFlags = {
  threads?: number
  device?: string
  slots?: number
  kv?: KvType
  adapterType?: FactorType
  /** MiB */
  adapterMemory?: number
  prefixSlots?: number
  /** Milliseconds. */
  firstToken?: number
}

/** The flags as options of the engine that answers; what was not said is left to its defaults. */
export function servingOptions({ threads, device, slots, kv, adapterType, adapterMemory, prefixSlots, firstToken }: ServingFlags): EngineOptions {
  return { threads, device, slots, kvType: kv, adapterType, adapterBytes: adapterMemory === undefined ? undefined : adapterMemory * 2 ** 20, prefixSlots, firstTokenMs: firstToken }
}
