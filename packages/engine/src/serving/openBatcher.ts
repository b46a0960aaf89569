import { ForwardPass } from '../forward/ForwardPass.ts'
import { KvCache, type KvType } from '../forward/KvCache.ts'
import type { Model } from '../model/Model.ts'
import type { AdapterPool } from './pool/AdapterPool.ts'
import { Batcher, type BatcherOptions } from './Batcher.ts'

export type ServingOptions = BatcherOptions & {
  /** Longest sequence, in tokens. */
  positions: number
  kvType: KvType
  /** Slots of the attention cache that keep prefixes of past sequences, beside those that no sequence uses; default 0. */
  prefixSlots?: number
}

/** A batcher with the memory that it computes in; disposing it frees both and ends all requests. */
export type OpenBatcher = { batcher: Batcher; pass: ForwardPass; dispose(): void }

/** Makes a batcher for a model. The model and the pool stay with their owners. @throws InputError `BATCH_SIZE`, `KV_SIZE`, `KV_TYPE` */
export function openBatcher(model: Model, pool: AdapterPool, options: ServingOptions): OpenBatcher {
  const { slots, prefixSlots = 0, positions, kvType } = options
  const cache = new KvCache(model.config, model.backend, { slots: slots + prefixSlots, positions, type: kvType })
  const pass = new ForwardPass(model, cache)
  const parts = { pass, cache, pool, vocabulary: model.vocabulary, positions: Math.min(cache.positions, model.config.context) }
  const free = (): void => {
    pass.dispose()
    cache.dispose()
  }
  try {
    const batcher = new Batcher(parts, options)
    let open = true
    const dispose = (): void => {
      if (!open) return
      open = false
      batcher.dispose()
      free()
    }
    return { batcher, pass, dispose }
  } catch (error) {
    free()
    throw error
  }
}
