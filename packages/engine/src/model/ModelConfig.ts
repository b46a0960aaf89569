import { fail } from '@openledger/protocol'
import { metadataOf } from '../gguf/metadataOf.ts'
import type { GgufFile } from '../gguf/readGguf.ts'

/** Sizes and constants of a Llama-family model, as its GGUF metadata states them. */
export type ModelConfig = {
  /** GGUF architecture name, e.g. `llama`. */
  architecture: string
  layers: number
  /** Width of the residual stream. */
  width: number
  heads: number
  kvHeads: number
  /** Width of one head. */
  headWidth: number
  feedForward: number
  vocabulary: number
  /** Longest sequence the model was trained for. */
  context: number
  normEpsilon: number
  rope: {
    /** How coordinates pair up: neighbours (`norm`, ggml mode 0) or halves (`neox`, ggml mode 2). */
    style: 'norm' | 'neox'
    base: number
    /** Position scale; 1 unless linear scaling is set. */
    scale: number
    /** How many coordinates of each head turn. */
    dimensions: number
  }
}

const ropeStyles: Record<string, 'norm' | 'neox'> = { llama: 'norm', qwen2: 'neox', qwen3: 'neox' }

/**
 * Reads the configuration of a model from its GGUF metadata.
 * @throws InputError `MODEL_ARCHITECTURE`, `MODEL_CONFIG` or `GGUF_METADATA`
 */
export function readModelConfig(file: GgufFile): ModelConfig {
  const metadata = metadataOf(file)
  const architecture = metadata.text('general.architecture')
  const style = ropeStyles[architecture]
  if (!style) fail('MODEL_ARCHITECTURE', `architecture ${architecture} is not one of ${Object.keys(ropeStyles).join(', ')}`)
  const key = (name: string): string => `${architecture}.${name}`
  const width = metadata.number(key('embedding_length'))
  const heads = metadata.number(key('attention.head_count'))
  const headWidth = metadata.number(key('attention.key_length'), width / heads)
  const scaling = metadata.text(key('rope.scaling.type'), 'none')
  if (scaling !== 'none' && scaling !== 'linear') fail('MODEL_CONFIG', `rope scaling ${scaling} cannot be computed`)
  const factor = scaling === 'linear' ? metadata.number(key('rope.scaling.factor')) : metadata.number(key('rope.scale_linear'), 1)
  const embedding = file.tensors.get('token_embd.weight')
  if (!embedding || embedding.shape.length !== 2) fail('MODEL_TENSOR_MISSING', `${file.path} has no token_embd.weight matrix`)
  const config: ModelConfig = {
    architecture,
    layers: metadata.number(key('block_count')),
    width,
    heads,
    kvHeads: metadata.number(key('attention.head_count_kv'), heads),
    headWidth,
    feedForward: metadata.number(key('feed_forward_length')),
    vocabulary: embedding.shape[1]!,
    context: metadata.number(key('context_length')),
    normEpsilon: metadata.number(key('attention.layer_norm_rms_epsilon')),
    rope: { style, base: metadata.number(key('rope.freq_base'), 10_000), scale: 1 / factor, dimensions: metadata.number(key('rope.dimension_count'), headWidth) },
  }
  if (metadata.number(key('attention.value_length'), headWidth) !== headWidth) fail('MODEL_CONFIG', 'keys and values of different widths cannot be computed')
  if (metadata.number(key('expert_count'), 0) !== 0) fail('MODEL_CONFIG', 'models with experts cannot be computed')
  checkConfig(config)
  return config
}

/** Refuses sizes and constants that no model can have. @throws InputError `MODEL_CONFIG` */
export function checkConfig(config: ModelConfig): void {
  const limits = { layers: 512, width: 65_536, heads: 1024, kvHeads: 1024, headWidth: 1024, feedForward: 1 << 20, vocabulary: 1 << 22, context: 1 << 24 } as const
  for (const [name, limit] of Object.entries(limits)) {
    const value = config[name as keyof typeof limits]
    if (!Number.isSafeInteger(value) || value < 1 || value > limit) fail('MODEL_CONFIG', `${name} is ${value}, not a whole number from 1 to ${limit}`, { field: name })
  }
  const { rope } = config
  if (config.heads % config.kvHeads !== 0) fail('MODEL_CONFIG', `${config.heads} heads cannot share ${config.kvHeads} key and value heads`)
  if (!(config.normEpsilon > 0 && config.normEpsilon < 1)) fail('MODEL_CONFIG', `norm epsilon is ${config.normEpsilon}`)
  if (!(rope.base > 0) || !(rope.scale > 0)) fail('MODEL_CONFIG', 'rope base and scale must be positive')
  if (!Number.isSafeInteger(rope.dimensions) || rope.dimensions < 2 || rope.dimensions > config.headWidth || rope.dimensions % 2 !== 0) {
    fail('MODEL_CONFIG', `rope dimensions are ${rope.dimensions}`)
  }
}
