import type { Hex } from '@openledger/protocol'
import type { LinearModule } from '../model/weightShapes.ts'
import type { AdapterConfig } from './AdapterConfig.ts'

/**
 * The two factors of one module, in GGUF order: `a` is [rank rows of input width], `b` is [output rows of rank];
 * the module adds `scale * b (a x)`.
 */
export type AdapterPair = { rank: number; input: number; output: number; a: Float32Array; b: Float32Array; scale: number }

/** A LoRA adapter in host memory, ready to be computed with or written. */
export type Adapter = {
  /** Commits to tensors and configuration. */
  id: Hex
  config: AdapterConfig
  /** Per layer, the modules that the adapter changes. */
  layers: Partial<Record<LinearModule, AdapterPair>>[]
}

/** Bytes of an adapter's tensors. */
export function adapterBytes(adapter: Adapter): number {
  let bytes = 0
  for (const layer of adapter.layers) for (const pair of Object.values(layer)) bytes += pair.a.byteLength + pair.b.byteLength
  return bytes
}
