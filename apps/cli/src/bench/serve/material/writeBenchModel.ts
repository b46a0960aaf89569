import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type GgufMetadataValue, type GgufTensorData, writeGguf } from '@openledger/engine'
import { RandomStream } from '../workload/RandomStream.ts'
import type { BenchShape } from './BenchShape.ts'
import { benchVocabulary } from './benchVocabulary.ts'
import { type BenchType, randomTensor } from './randomTensor.ts'

const normEpsilon = 1e-5
/** Conversations as ChatML writes them. */
const chatTemplate = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

/**
 * Writes a Llama model of random weights with tied embeddings and a valid tokenizer, unless the folder has it already; equal
 * arguments give equal bytes. Deviations are those at which activations keep their size through the layers and the logits spread by
 * about 2, so that greedy answers wander instead of repeating one token.
 * @returns the path of the GGUF file
 */
export function writeBenchModel(folder: string, shape: BenchShape, type: BenchType = 'Q8_0', seed = 42): string {
  const file = path.join(folder, `${shape.name}-${type.toLowerCase()}-${seed}.gguf`)
  if (existsSync(file)) return file
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${file}.part`, writeGguf(metadataOf(shape), tensorsOf(shape, type, seed)))
  renameSync(`${file}.part`, file)
  return file
}

function tensorsOf(shape: BenchShape, type: BenchType, seed: number): GgufTensorData[] {
  const { width, feedForward, headWidth } = shape
  const [queries, keys] = [shape.heads * headWidth, shape.kvHeads * headWidth]
  const tensors: GgufTensorData[] = []
  const ones = new Uint8Array(new Float32Array(width).fill(1).buffer)
  const norm = (name: string): unknown => tensors.push({ name, shape: [width], type: 'F32', data: ones })
  const matrix = (name: string, input: number, output: number, deviation = 1 / Math.sqrt(input)): unknown =>
    tensors.push({ name, shape: [input, output], type, data: randomTensor([input, output], type, deviation, new RandomStream(seed, tensors.length)) })
  matrix('token_embd.weight', width, shape.vocabulary, 2 / Math.sqrt(width))
  norm('output_norm.weight')
  for (let layer = 0; layer < shape.layers; layer++) {
    const block = `blk.${layer}.`
    norm(`${block}attn_norm.weight`)
    norm(`${block}ffn_norm.weight`)
    matrix(`${block}attn_q.weight`, width, queries)
    matrix(`${block}attn_k.weight`, width, keys)
    matrix(`${block}attn_v.weight`, width, keys)
    matrix(`${block}attn_output.weight`, queries, width)
    matrix(`${block}ffn_gate.weight`, width, feedForward)
    matrix(`${block}ffn_up.weight`, width, feedForward)
    matrix(`${block}ffn_down.weight`, feedForward, width)
  }
  return tensors
}

function metadataOf(shape: BenchShape): Record<string, GgufMetadataValue> {
  const whole = (value: number): GgufMetadataValue => ({ type: 'uint32', value })
  const text = (value: string): GgufMetadataValue => ({ type: 'string', value })
  const { tokens, merges, control } = benchVocabulary(shape.vocabulary)
  return {
    'general.architecture': text('llama'),
    'general.name': text(shape.name),
    'llama.block_count': whole(shape.layers),
    'llama.context_length': whole(shape.context),
    'llama.embedding_length': whole(shape.width),
    'llama.feed_forward_length': whole(shape.feedForward),
    'llama.attention.head_count': whole(shape.heads),
    'llama.attention.head_count_kv': whole(shape.kvHeads),
    'llama.attention.key_length': whole(shape.headWidth),
    'llama.attention.value_length': whole(shape.headWidth),
    'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: normEpsilon },
    'llama.rope.freq_base': { type: 'float32', value: 10_000 },
    'llama.rope.dimension_count': whole(shape.headWidth),
    'llama.vocab_size': whole(shape.vocabulary),
    'tokenizer.ggml.model': text('gpt2'),
    'tokenizer.ggml.pre': text('smollm'),
    'tokenizer.ggml.tokens': { type: 'array', of: 'string', value: tokens },
    'tokenizer.ggml.token_type': { type: 'array', of: 'int32', value: tokens.map((_, id) => (id < control ? 3 : 1)) },
    'tokenizer.ggml.merges': { type: 'array', of: 'string', value: merges },
    'tokenizer.ggml.bos_token_id': whole(0),
    'tokenizer.ggml.eos_token_id': whole(2),
    'tokenizer.ggml.add_bos_token': { type: 'bool', value: false },
    'tokenizer.chat_template': text(chatTemplate),
  }
}
