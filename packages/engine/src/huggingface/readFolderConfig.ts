import { fail } from '@openledger/protocol'
import { checkConfig, type ModelConfig } from '../model/ModelConfig.ts'
import type { JsonObject } from './JsonObject.ts'
import { llama3RopeFactors } from './ropeFactors.ts'

/** What a Hugging Face `config.json` says about a model. */
export type FolderConfig = {
  config: ModelConfig
  /** Divisors of the rotary frequencies; null without long-context scaling. */
  ropeFactors: Float32Array | null
  /** Whether the LM head is the token embedding. */
  tied: boolean
  /** What a user should know, in sentences. */
  notes: string[]
}

const architectures: Record<string, 'llama' | 'qwen2' | 'qwen3'> = {
  LlamaForCausalLM: 'llama',
  MistralForCausalLM: 'llama',
  Qwen2ForCausalLM: 'qwen2',
  Qwen3ForCausalLM: 'qwen3',
}

/**
 * Reads the configuration of a Llama, Mistral, Qwen 2/2.5/3 or SmolLM model as Hugging Face folders keep it.
 * @throws InputError `MODEL_ARCHITECTURE`, `MODEL_CONFIG`, `MODEL_FOLDER`
 */
export function readFolderConfig(file: JsonObject): FolderConfig {
  const named = file.list('architectures')[0]
  const architecture = typeof named === 'string' && Object.hasOwn(architectures, named) ? architectures[named]! : null
  if (!architecture) fail('MODEL_ARCHITECTURE', `architecture ${JSON.stringify(named)} is not one of ${Object.keys(architectures).join(', ')}`)
  refuseWhatIsNotComputed(file)
  const width = file.number('hidden_size')
  const heads = file.number('num_attention_heads')
  const headWidth = file.number('head_dim', width / heads)
  const rope = file.object('rope_parameters') ?? file.object('rope_scaling')
  const base = file.object('rope_parameters')?.number('rope_theta') ?? file.number('rope_theta', 10_000)
  const kind = rope ? rope.text('rope_type', rope.text('type', 'default')) : 'default'
  if (kind !== 'default' && kind !== 'linear' && kind !== 'llama3') fail('MODEL_CONFIG', `rope scaling ${kind} cannot be computed`, { field: 'rope_scaling' })
  const notes: string[] = []
  const config: ModelConfig = {
    architecture,
    layers: file.number('num_hidden_layers'),
    width,
    heads,
    kvHeads: file.number('num_key_value_heads', heads),
    headWidth,
    feedForward: file.number('intermediate_size'),
    vocabulary: file.number('vocab_size'),
    context: cappedContext(file, notes),
    normEpsilon: file.number('rms_norm_eps', 1e-6),
    rope: { style: architecture === 'llama' ? 'norm' : 'neox', base, scale: kind === 'linear' ? 1 / rope!.number('factor') : 1, dimensions: headWidth },
  }
  checkConfig(config)
  return { config, ropeFactors: kind === 'llama3' ? llama3RopeFactors(rope!, base, headWidth) : null, tied: file.flag('tie_word_embeddings', false), notes }
}

/** Attention that looks back only so far is the same as full attention up to that length: the context ends there. */
function cappedContext(file: JsonObject, notes: string[]): number {
  const context = file.number('max_position_embeddings')
  if (!file.has('sliding_window') || !file.flag('use_sliding_window', true)) return context
  const window = file.number('sliding_window')
  if (window >= context) return context
  notes.push(`attention of this model looks back ${window} positions; its context is cut from ${context} to that`)
  return window
}

function refuseWhatIsNotComputed(file: JsonObject): void {
  const refuse = (field: string, why: string): never => fail('MODEL_CONFIG', `${file.source}: ${why}`, { field })
  const activation = file.text('hidden_act', 'silu')
  if (activation !== 'silu') refuse('hidden_act', `activation ${activation} cannot be computed`)
  if (file.flag('mlp_bias', false)) refuse('mlp_bias', 'biases of the feed-forward layers cannot be computed')
  if (file.has('quantization_config')) refuse('quantization_config', 'weights that are quantised in this format cannot be read; use the original model or a GGUF file')
  if (file.number('partial_rotary_factor', 1) !== 1) refuse('partial_rotary_factor', 'heads that turn in part cannot be computed')
  for (const kind of file.list('layer_types', [])) if (kind !== 'full_attention' && kind !== 'sliding_attention') refuse('layer_types', `layers of kind ${String(kind)} cannot be computed`)
}
