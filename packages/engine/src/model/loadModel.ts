import { fail, modelId } from '@openledger/protocol'
import { type Backend, type Tensor, TensorContext, type TensorType, Vocabulary } from '@openledger/tensor'
import { FileCursor } from '../files/FileCursor.ts'
import { parseGguf } from '../gguf/readGguf.ts'
import { ChatTemplate } from '../template/ChatTemplate.ts'
import { checkTensors } from './checkTensors.ts'
import { checkTokenizer } from './checkTokenizer.ts'
import { commitmentOf, templateTextOf } from './commitmentOf.ts'
import { fillWeights } from './fillWeights.ts'
import { type LayerWeights, Model, type ModelWeights } from './Model.ts'
import { type ModelConfig, readModelConfig } from './ModelConfig.ts'
import { WeightMemory } from './WeightMemory.ts'
import { type LinearModule, linearModules } from './weightShapes.ts'

export type LoadModelOptions = {
  /**
   * Leave the weights in the file's own pages instead of copying them; default true. Only on the CPU of Linux and macOS; elsewhere they are
   * copied. A file that is mapped must not be written to while the model lives: see `MappedFile`.
   */
  memoryMap?: boolean
  /** Whether quantised matrices go into memory that the processor multiplies faster from (AMX) where it has any; default `auto`. */
  extraBuffers?: 'auto' | 'off'
}

/**
 * Loads a GGUF model of the Llama family into memory and computes the id that commits to the exact file, its tokenizer and template.
 * Everything is checked before and while it is read: names, shapes, types, finite numbers.
 * @param backend computes with the model; stays the caller's and must outlive it
 * @throws InputError `GGUF_*`, `MODEL_*`, `TOKENIZER`; StorageError `FILE_*`, `VOCABULARY`
 */
export function loadModel(path: string, backend: Backend, options: LoadModelOptions = {}): Model {
  const cursor = new FileCursor(path)
  try {
    return loadFrom(cursor, path, backend, options)
  } finally {
    cursor.close()
  }
}

function loadFrom(cursor: FileCursor, path: string, backend: Backend, options: LoadModelOptions): Model {
  const file = parseGguf(cursor, path)
  const config = readModelConfig(file)
  checkTensors(file, config)
  checkTokenizer(file, config.vocabulary)
  const vocabulary = new Vocabulary(backend.ggml, path)
  const context = new TensorContext(backend.ggml, { tensors: file.tensors.size + 1 })
  try {
    if (vocabulary.size !== config.vocabulary) fail('MODEL_CONFIG', `the tokenizer knows ${vocabulary.size} tokens, the embedding ${config.vocabulary}`)
    const tensors = new Map<string, Tensor>()
    for (const info of file.tensors.values()) tensors.set(info.name, context.tensor(info.type as TensorType, info.shape, info.name))
    const memory = new WeightMemory({ backend, context, cursor, file, tensors, ...options })
    try {
      const weightHash = fillWeights(cursor, file, tensors, memory)
      const templateText = templateTextOf(file)
      const commitment = commitmentOf(file, weightHash)
      const template = templateText === '' ? null : new ChatTemplate(templateText, vocabulary)
      const loadPlain = (on: Backend): Model => loadModel(path, on, { ...options, extraBuffers: 'off' })
      return new Model({ id: modelId(commitment), commitment, path, config, weights: arrange(tensors, config), vocabulary, template, backend, context, memory, loadPlain })
    } catch (error) {
      memory.dispose()
      throw error
    }
  } catch (error) {
    context.dispose()
    vocabulary.dispose()
    throw error
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
