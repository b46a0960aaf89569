import { hashJson, type Hex } from '@openledger/protocol'
import { traitsOf } from '../forward/BackendTraits.ts'
import type { FactorType } from '../forward/AdapterSlab.ts'
import type { KvType } from '../forward/KvCache.ts'
import type { Model } from '../model/Model.ts'

/** Raised whenever a change of this unit can change a result's bits. */
export const engineVersion = '2'

/** Everything that the bits of a result depend on besides the input: equal profiles give equal tokens and equal logits, unless they say otherwise. */
export type NumericsProfile = {
  engineVersion: string
  /** Version and commit of ggml, and the llama.cpp release it came with. */
  ggmlBuild: string
  /** `CPU`, or the kind of device. */
  backend: string
  /** The CPU build in use, e.g. `zen4`, or the name of the device. */
  isaVariant: string
  platform: string
  weightHash: Hex
  /** In which kind of memory quantised matrices are multiplied from: `plain`, or `AMX`. */
  weightsBuffer: string
  kvType: KvType
  /** Type of adapters' first factors; absent for F32. */
  adapterType?: FactorType
  /** Which kernels compute a row: see `layoutStep`, `attendRun` and `StepLinear`. */
  kernels: string
  /** Whether the bits of a row are the same in any company. Equal profiles give equal tokens and logits only if so. */
  batchInvariant: boolean
  /** False where not even the same machine promises the same bits again; else absent. */
  exactReplay?: false
}

/** The profile of a model on its backend. */
export function numericsProfile(model: Model, kvType: KvType, adapterType: FactorType = 'F32'): NumericsProfile {
  const { backend } = model
  const { build } = backend.ggml
  const { batchInvariant, arrangement } = traitsOf(backend)
  return {
    engineVersion,
    ggmlBuild: `${build.version}-${build.commit} (llama.cpp ${build.release})`,
    backend: backend.kind === 'cpu' ? backend.name : backend.kind,
    isaVariant: backend.kind === 'cpu' ? build.variant : backend.device.name,
    platform: build.platform,
    weightHash: model.commitment.weightHash,
    weightsBuffer: model.weightsBuffer,
    kvType,
    ...(adapterType === 'F32' ? {} : { adapterType }),
    kernels: arrangement === 'neighbours' ? 'rows>=2 flash-attention-rows lora-dot-outer-f32' : 'flash-attention lora-gathered-f32',
    batchInvariant,
    ...(batchInvariant ? {} : { exactReplay: false as const }),
  }
}

/** The hash that receipts carry. */
export function profileHash(profile: NumericsProfile): Hex {
  return hashJson(profile)
}
