import { fail } from '@openledger/protocol'
import type { GgufFile } from '../gguf/readGguf.ts'
import type { ModelConfig } from './ModelConfig.ts'
import { weightShapes } from './weightShapes.ts'

/**
 * Checks that a file holds exactly the tensors of its configuration, in their shapes and with vectors in F32.
 * @throws InputError `MODEL_TENSOR_MISSING`, `MODEL_TENSOR_SHAPE`, `MODEL_TENSOR_TYPE`, `MODEL_TENSOR_UNKNOWN`
 */
export function checkTensors(file: GgufFile, config: ModelConfig): void {
  const expected = weightShapes(config)
  for (const [name, { shape, required }] of expected) {
    const info = file.tensors.get(name)
    if (!info) {
      if (required) fail('MODEL_TENSOR_MISSING', `${file.path} has no tensor ${name}`)
      continue
    }
    if (info.shape.join() !== shape.join()) fail('MODEL_TENSOR_SHAPE', `${name} has shape [${info.shape.join()}], the configuration wants [${shape.join()}]`)
    if (shape.length === 1 && info.type !== 0) fail('MODEL_TENSOR_TYPE', `${name} must be F32`)
  }
  for (const name of file.tensors.keys()) if (!expected.has(name)) fail('MODEL_TENSOR_UNKNOWN', `${file.path} has a tensor ${name} that this architecture does not use`)
}
