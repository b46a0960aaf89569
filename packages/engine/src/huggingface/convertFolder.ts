import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fail, type Hex, InputError } from '@openledger/protocol'
import { type Ggml, loadGgml } from '@openledger/tensor'
import { GgufFileWriter } from '../gguf/GgufFileWriter.ts'
import type { GgufMetadataValue, GgufTensorType } from '../gguf/writeGguf.ts'
import { checkModelFile } from '../model/checkModelFile.ts'
import { configMetadata } from './configMetadata.ts'
import { planTensors } from './planTensors.ts'
import { readChatTemplate } from './readChatTemplate.ts'
import { readFolderConfig } from './readFolderConfig.ts'
import { readJsonFile, readJsonFileIfThere } from './readJsonFile.ts'
import { SafetensorsFolder } from './SafetensorsFolder.ts'
import { streamTensor } from './streamTensor.ts'
import { tokenizerMetadata } from './tokenizer/tokenizerMetadata.ts'

export type ConvertOptions = {
  /** Default: the best build for this processor. */
  ggml?: Ggml
  /** Encoding of the matrices; default: as they are. */
  type?: GgufTensorType
  /** The model's name, for people; default `model`. */
  name?: string
  onProgress?: (progress: { done: number; total: number }) => void
  signal?: AbortSignal
}

export type ConvertedModel = { sha256: Hex; bytes: number; notes: string[] }

const maxTokenizerBytes = 64 << 20

/**
 * Converts a Hugging Face folder (Llama 2/3, Mistral, Qwen 2/2.5/3, SmolLM shapes; safetensors in F32, F16 or BF16) into one GGUF file:
 * tensor by tensor in bounded memory, checked on the way. The file appears whole or not at all; nothing else is left behind.
 * @throws InputError `MODEL_*`, `SAFETENSORS_*`, `TOKENIZER`, `CHAT_TEMPLATE`, `CANCELLED`; StorageError `FILE_*`, `WRITE_FAILED`
 */
export async function convertFolder(folder: string, target: string, options: ConvertOptions = {}): Promise<ConvertedModel> {
  const { ggml = loadGgml(), type, onProgress, signal } = options
  const json = readJsonFile(join(folder, 'config.json'))
  const description = readFolderConfig(json)
  const { config, notes } = description
  const tokenizerConfig = readJsonFileIfThere(join(folder, 'tokenizer_config.json'), maxTokenizerBytes)
  const template = readChatTemplate(folder, tokenizerConfig)
  const metadata: Record<string, GgufMetadataValue> = {
    ...configMetadata(config, options.name ?? 'model'),
    ...tokenizerMetadata(
      {
        config: json,
        tokenizer: readJsonFileIfThere(join(folder, 'tokenizer.json'), maxTokenizerBytes) ?? fail('MODEL_FOLDER', `${folder} holds no tokenizer.json`),
        tokenizerConfig,
        generationConfig: readJsonFileIfThere(join(folder, 'generation_config.json')),
      },
      config.vocabulary,
      notes,
    ),
    ...(template === null ? {} : { 'tokenizer.chat_template': { type: 'string', value: template } }),
  }
  const weights = new SafetensorsFolder(folder)
  try {
    const plan = planTensors(description, weights.tensors, type ?? null)
    const writer = await GgufFileWriter.create(target, metadata, plan)
    try {
      let done = 0
      for (const tensor of plan) {
        for (const part of streamTensor(ggml, tensor, config.headWidth)) {
          await writer.write(part)
          done += part.length
          onProgress?.({ done, total: writer.bytes })
          await setImmediate()
          if (signal?.aborted) throw new InputError('CANCELLED', 'the conversion was cancelled', { action: 'stop', status: 499 })
        }
      }
      const sha256 = await writer.finish(checkModelFile)
      return { sha256, bytes: writer.bytes, notes }
    } finally {
      await writer.abandon()
    }
  } finally {
    weights.close()
  }
}
