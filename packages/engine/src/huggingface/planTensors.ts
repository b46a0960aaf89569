import { fail } from '@openledger/protocol'
import { peftModules } from '../adapter/AdapterConfig.ts'
import { rotaryOrder } from '../adapter/rotaryOrder.ts'
import type { GgufTensorType } from '../gguf/writeGguf.ts'
import { linearModules, weightShapes } from '../model/weightShapes.ts'
import type { FolderConfig } from './readFolderConfig.ts'
import type { FolderTensor } from './SafetensorsFolder.ts'

/** One tensor of the file to make: where its values come from, and where each of its rows stands there (null: in the same place). */
export type PlannedTensor = {
  name: string
  /** In ggml order, innermost extent first. */
  shape: number[]
  type: GgufTensorType
  source: FolderTensor | Float32Array
  order: Uint32Array | null
}

const fixedNames: Record<string, string> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
}
const layerNames: Record<string, string> = {
  attn_norm: 'input_layernorm',
  ffn_norm: 'post_attention_layernorm',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  ...peftModules,
}
const ignored = /(^|\.)rotary_emb\.inv_freq$/

/** Hugging Face's name of a tensor, by its GGUF name. */
function folderName(name: string): string {
  const [, layer, part, kind] = /^blk\.(\d+)\.(\w+)\.(\w+)$/.exec(name) ?? []
  return layer === undefined ? fixedNames[name]! : `model.layers.${layer}.${layerNames[part!]}.${kind}`
}

/**
 * Maps the tensors of a Hugging Face folder to those of a GGUF file; everything must be there, in its shape, and nothing be left over.
 * @param type encoding of the matrices; null keeps each as it is. Vectors are F32. Rows that do not divide into blocks become F32.
 * @throws InputError `MODEL_TENSOR_MISSING`, `MODEL_TENSOR_SHAPE`, `MODEL_TENSOR_UNKNOWN`
 */
export function planTensors({ config, ropeFactors, tied }: FolderConfig, tensors: ReadonlyMap<string, FolderTensor>, type: GgufTensorType | null): PlannedTensor[] {
  const plan: PlannedTensor[] = []
  const used = new Set<string>()
  for (const [name, { shape, required }] of weightShapes(config)) {
    if (name === 'rope_freqs.weight') {
      if (ropeFactors) plan.push({ name, shape, type: 'F32', source: ropeFactors, order: null })
      continue
    }
    const from = folderName(name)
    const source = tensors.get(from)
    if (name === 'output.weight' && tied) {
      used.add(from)
      continue
    }
    if (!source) {
      if (required || name === 'output.weight') fail('MODEL_TENSOR_MISSING', `the folder has no tensor ${from}`)
      continue
    }
    const wanted = shape.toReversed()
    if (source.shape.join() !== wanted.join()) fail('MODEL_TENSOR_SHAPE', `${from} has shape [${source.shape.join()}], the configuration wants [${wanted.join()}]`)
    const module = linearModules.find((known) => name.endsWith(`.${known}.weight`) || name.endsWith(`.${known}.bias`))
    used.add(from)
    plan.push({ name, shape, type: encodingOf(shape, source.dtype, type), source, order: module ? rotaryOrder(config, module) : null })
  }
  for (const name of tensors.keys()) if (!used.has(name) && !ignored.test(name)) fail('MODEL_TENSOR_UNKNOWN', `the folder has a tensor ${name} that this architecture does not use`)
  return plan
}

function encodingOf(shape: number[], dtype: 'F32' | 'F16' | 'BF16', wanted: GgufTensorType | null): GgufTensorType {
  if (shape.length === 1) return 'F32'
  const type = wanted ?? dtype
  return type === 'Q8_0' && shape[0]! % 32 !== 0 ? 'F32' : type
}
