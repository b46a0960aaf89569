import { createHash } from 'node:crypto'
import { fail, modelId, type Hex, zeroHash } from '@openledger/protocol'
import { type Backend, type Tensor, TensorContext, type TensorType, Vocabulary } from '@openledger/tensor'
import { FileCursor } from '../files/FileCursor.ts'
import { metadataOf } from '../gguf/metadataOf.ts'
import { type GgufFile, type GgufTensorInfo, readGguf } from '../gguf/readGguf.ts'
import { tensorEncodings } from '../gguf/tensorEncodings.ts'
import { ChatTemplate } from '../template/ChatTemplate.ts'
import { checkTensors } from './checkTensors.ts'
import { checkTokenizer } from './checkTokenizer.ts'
import { hashTokenizer } from './hashTokenizer.ts'
import { type LayerWeights, Model, type ModelWeights } from './Model.ts'
import { type ModelConfig, readModelConfig } from './ModelConfig.ts'
import { type LinearModule, linearModules } from './weightShapes.ts'

const chunkBytes = 8 << 20

/**
 * Loads a GGUF model of the Llama family into memory and computes the id that commits to the exact file, its tokenizer and template.
 * Everything is checked before and while it is read: names, shapes, types, finite numbers.
 * @param backend computes with the model; stays the caller's and must outlive it
 * @throws InputError `GGUF_*`, `MODEL_*`, `TOKENIZER`; StorageError `FILE_*`, `VOCABULARY`
 */
export function loadModel(path: string, backend: Backend): Model {
  const file = readGguf(path)
  const config = readModelConfig(file)
  checkTensors(file, config)
  checkTokenizer(file, config.vocabulary)
  const vocabulary = new Vocabulary(backend.ggml, path)
  const context = new TensorContext(backend.ggml, { tensors: file.tensors.size + 1 })
  try {
    if (vocabulary.size !== config.vocabulary) fail('MODEL_CONFIG', `the tokenizer knows ${vocabulary.size} tokens, the embedding ${config.vocabulary}`)
    const tensors = new Map<string, Tensor>()
    for (const info of file.tensors.values()) tensors.set(info.name, context.tensor(info.type as TensorType, info.shape, info.name))
    const buffer = backend.allocate(context).markWeights()
    try {
      const weightHash = fillWeights(file, tensors, backend)
      const templateText = metadataOf(file).text('tokenizer.chat_template', '')
      const commitment = { weightHash, tokenizerHash: hashTokenizer(file), templateHash: templateText === '' ? zeroHash : sha256Hex(templateText) }
      const template = templateText === '' ? null : new ChatTemplate(templateText, vocabulary)
      return new Model({ id: modelId(commitment), commitment, path, config, weights: arrange(tensors, config), vocabulary, template, backend, context, buffer })
    } catch (error) {
      buffer.dispose()
      throw error
    }
  } catch (error) {
    context.dispose()
    vocabulary.dispose()
    throw error
  }
}

function fillWeights(file: GgufFile, tensors: Map<string, Tensor>, backend: Backend): Hex {
  const cursor = new FileCursor(file.path)
  const hash = createHash('sha256')
  try {
    let hashed = 0
    const ordered = [...file.tensors.values()].sort((a, b) => a.offset - b.offset)
    for (const info of ordered) {
      if (info.offset > hashed) hash.update(cursor.readAt(hashed, info.offset - hashed))
      fillTensor(cursor, info, tensors.get(info.name)!, backend, (chunk) => hash.update(chunk))
      hashed = info.offset + info.bytes
    }
    for (; hashed < cursor.size; hashed += Math.min(chunkBytes, cursor.size - hashed)) hash.update(cursor.readAt(hashed, Math.min(chunkBytes, cursor.size - hashed)))
    return `0x${hash.digest('hex')}`
  } finally {
    cursor.close()
  }
}

function fillTensor(cursor: FileCursor, info: GgufTensorInfo, tensor: Tensor, backend: Backend, seen: (chunk: Buffer) => void): void {
  const { blockBytes } = tensorEncodings.get(info.type)!
  const step = Math.floor(chunkBytes / blockBytes) * blockBytes
  for (let done = 0; done < info.bytes; done += step) {
    const chunk = cursor.readAt(info.offset + done, Math.min(step, info.bytes - done))
    if (!backend.rowsAreFinite(info.type as TensorType, chunk)) fail('MODEL_NOT_FINITE', `tensor ${info.name} holds values that are not finite numbers`)
    tensor.write(chunk, done)
    seen(chunk)
  }
}

function arrange(tensors: Map<string, Tensor>, config: ModelConfig): ModelWeights {
  const find = (name: string): Tensor | null => tensors.get(name) ?? null
  const need = (name: string): Tensor => find(name) ?? fail('MODEL_TENSOR_MISSING', `no tensor ${name}`)
  const layers: LayerWeights[] = []
  for (let layer = 0; layer < config.layers; layer++) {
    const name = (part: string): string => `blk.${layer}.${part}`
    const linear = Object.fromEntries(linearModules.map((module) => [module, { weight: need(name(`${module}.weight`)), bias: find(name(`${module}.bias`)) }]))
    layers.push({
      attentionNorm: need(name('attn_norm.weight')),
      feedForwardNorm: need(name('ffn_norm.weight')),
      queryNorm: find(name('attn_q_norm.weight')),
      keyNorm: find(name('attn_k_norm.weight')),
      linear: linear as Record<LinearModule, LayerWeights['linear'][LinearModule]>,
    })
  }
  const tokenEmbedding = need('token_embd.weight')
  return { tokenEmbedding, layers, outputNorm: need('output_norm.weight'), output: find('output.weight') ?? tokenEmbedding, ropeFactors: find('rope_freqs.weight') }
}

function sha256Hex(text: string): Hex {
  return `0x${createHash('sha256').update(text, 'utf8').digest('hex')}`
}
