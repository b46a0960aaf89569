import { readGguf } from '../gguf/readGguf.ts'
import { checkTensors } from './checkTensors.ts'
import { checkTokenizer } from './checkTokenizer.ts'
import { type ModelConfig, readModelConfig } from './ModelConfig.ts'

/**
 * Checks the header of a GGUF file as loading will: format, configuration, tensors, tokenizer. No weights are read.
 * @throws InputError `GGUF_*`, `MODEL_*`, `TOKENIZER`; StorageError `FILE_*`
 */
export function checkModelFile(path: string): ModelConfig {
  const file = readGguf(path)
  const config = readModelConfig(file)
  checkTensors(file, config)
  checkTokenizer(file, config.vocabulary)
  return config
}
