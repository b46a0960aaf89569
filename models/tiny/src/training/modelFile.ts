import { encodeTensor, writeGguf, type BpeVocabulary, type GgufMetadataValue, type ModelShape, type NamedTensor } from '@openledger/engine'
import { chatTemplate, controlTokens } from '../text/chatMarkup.ts'
import { modelName } from './recipe.ts'

const string = (value: string): GgufMetadataValue => ({ type: 'string', value })
const uint32 = (value: number): GgufMetadataValue => ({ type: 'uint32', value })
const float32 = (value: number): GgufMetadataValue => ({ type: 'float32', value })
const token = (name: (typeof controlTokens)[number]): GgufMetadataValue => uint32(controlTokens.indexOf(name))

/** What llama.cpp calls a file by the type of its matrices. */
const fileTypes = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 }

/**
 * The model as one GGUF file, readable by every Llama-family loader: matrices in `type`, norms in F32, the vocabulary and
 * the chat template in the metadata.
 */
export function modelFile(shape: ModelShape, vocabulary: BpeVocabulary, tensors: readonly NamedTensor[], type: keyof typeof fileTypes = 'Q8_0'): Uint8Array {
  const headDim = shape.headDim ?? shape.dim / shape.heads
  const metadata: Record<string, GgufMetadataValue> = {
    'general.architecture': string('llama'),
    'general.name': string(modelName),
    'general.description': string('A small model trained from scratch on generated English about a made-up world.'),
    'general.license': string('apache-2.0'),
    'general.file_type': uint32(fileTypes[type]),
    'general.quantization_version': uint32(2),
    'llama.vocab_size': uint32(shape.vocab),
    'llama.context_length': uint32(shape.ctx),
    'llama.embedding_length': uint32(shape.dim),
    'llama.block_count': uint32(shape.layers),
    'llama.feed_forward_length': uint32(shape.ff),
    'llama.attention.head_count': uint32(shape.heads),
    'llama.attention.head_count_kv': uint32(shape.kvHeads),
    'llama.attention.key_length': uint32(headDim),
    'llama.attention.value_length': uint32(headDim),
    'llama.attention.layer_norm_rms_epsilon': float32(shape.rmsEps),
    'llama.rope.dimension_count': uint32(headDim),
    'llama.rope.freq_base': float32(shape.ropeTheta),
    'tokenizer.ggml.model': string('gpt2'),
    'tokenizer.ggml.pre': string('smollm'),
    'tokenizer.ggml.tokens': { type: 'array', of: 'string', value: vocabulary.tokens },
    'tokenizer.ggml.token_type': { type: 'array', of: 'int32', value: vocabulary.tokens.map((_, id) => (id < vocabulary.control.length ? 3 : 1)) },
    'tokenizer.ggml.merges': { type: 'array', of: 'string', value: vocabulary.merges },
    'tokenizer.ggml.bos_token_id': token('<|bos|>'),
    'tokenizer.ggml.eos_token_id': token('<|im_end|>'),
    'tokenizer.ggml.eot_token_id': token('<|im_end|>'),
    'tokenizer.ggml.padding_token_id': token('<|endoftext|>'),
    'tokenizer.ggml.add_bos_token': { type: 'bool', value: true },
    'tokenizer.ggml.add_eos_token': { type: 'bool', value: false },
    'tokenizer.chat_template': string(chatTemplate),
  }
  return writeGguf(
    metadata,
    tensors.map(({ name, shape: sizes, data }) => {
      const stored = sizes.length > 1 ? type : 'F32'
      return { name, shape: sizes, type: stored, data: encodeTensor(data, sizes, stored) }
    }),
  )
}
