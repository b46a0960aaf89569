import { encodeTensor } from '../gguf/encodeTensor.ts'
import { type GgufTensorData, writeGguf } from '../gguf/writeGguf.ts'
import { linearModules } from '../model/weightShapes.ts'
import type { Adapter } from './Adapter.ts'

/**
 * Encodes an adapter as a GGUF adapter file, as llama.cpp reads it (one alpha for all modules).
 * @param architecture of the base model, e.g. `llama`
 */
export function encodeGgufAdapter(adapter: Adapter, architecture: string): Uint8Array {
  const tensors: GgufTensorData[] = []
  adapter.layers.forEach((modules, layer) => {
    for (const module of linearModules) {
      const pair = modules[module]
      if (!pair) continue
      const name = `blk.${layer}.${module}.weight`
      const [a, b] = [[pair.input, pair.rank], [pair.rank, pair.output]]
      tensors.push({ name: `${name}.lora_a`, shape: a, type: 'F32', data: encodeTensor(pair.a, a, 'F32') })
      // llama.cpp scales by alpha / rank with one alpha: what differs (rsLoRA, patterns) goes into the factor.
      const correction = (pair.scale * pair.rank) / adapter.config.alpha
      const values = correction === 1 ? pair.b : pair.b.map((value) => value * correction)
      tensors.push({ name: `${name}.lora_b`, shape: b, type: 'F32', data: encodeTensor(values, b, 'F32') })
    }
  })
  return writeGguf(
    {
      'general.type': { type: 'string', value: 'adapter' },
      'general.architecture': { type: 'string', value: architecture },
      'adapter.type': { type: 'string', value: 'lora' },
      'adapter.lora.alpha': { type: 'float32', value: adapter.config.alpha },
    },
    tensors,
  )
}
