import { hashJson, type Hex } from '@openledger/protocol'
import type { KvType } from '../forward/KvCache.ts'
import type { Model } from '../model/Model.ts'

/** Raised whenever a change of this unit can change a result's bits. */
export const engineVersion = '2'

/** Everything that the bits of a result depend on besides the input: equal profiles give equal tokens and equal logits. */
export type NumericsProfile = {
  engineVersion: string
  /** Version and commit of ggml, and the llama.cpp release it came with. */
  ggmlBuild: string
  backend: string
  /** The CPU build in use, e.g. `zen4`. */
  isaVariant: string
  platform: string
  weightHash: Hex
  /** In which kind of memory quantised matrices are multiplied from: `plain`, or `AMX`. */
  weightsBuffer: string
  kvType: KvType
  /** Which kernels compute a row: see `layoutStep`, `attendRun` and `StepLinear`. */
  kernels: string
}

/** The profile of a model on its backend. */
export function numericsProfile(model: Model, kvType: KvType): NumericsProfile {
  const { build } = model.backend.ggml
  return {
    engineVersion,
    ggmlBuild: `${build.version}-${build.commit} (llama.cpp ${build.release})`,
    backend: model.backend.name,
    isaVariant: build.variant,
    platform: build.platform,
    weightHash: model.commitment.weightHash,
    weightsBuffer: model.weightsBuffer,
    kvType,
    kernels: 'rows>=2 flash-attention-rows lora-dot-outer-f32',
  }
}

/** The hash that receipts carry. */
export function profileHash(profile: NumericsProfile): Hex {
  return hashJson(profile)
}
