import { fail } from '@openledger/protocol'
import type { ModelConfig } from '../model/ModelConfig.ts'
import { linearModules, type LinearModule, linearShape } from '../model/weightShapes.ts'
import type { SafeTensor } from '../safetensors/readSafetensors.ts'
import type { Adapter } from './Adapter.ts'
import { type AdapterConfig, adapterScale, peftModules, promisedRank } from './AdapterConfig.ts'
import { gatherRows, rotaryOrder, scatterRows } from './rotaryOrder.ts'

const peftName = /^base_model\.model\.model\.layers\.(\d+)\.(self_attn\.[qkvo]_proj|mlp\.(?:gate|up|down)_proj)\.lora_([AB])(?:\.default)?\.weight$/

/**
 * Puts PEFT tensors into GGUF order for a base model, checking each against the base's shapes and the configuration.
 * @throws InputError `ADAPTER_TENSOR`, `ADAPTER_WRONG_BASE`
 */
export function layersFromPeft(tensors: ReadonlyMap<string, SafeTensor>, config: AdapterConfig, base: ModelConfig): Adapter['layers'] {
  const layers: Adapter['layers'] = Array.from({ length: base.layers }, () => ({}))
  const seen = new Set<string>()
  for (const name of tensors.keys()) {
    const match = peftName.exec(name)
    if (!match) fail('ADAPTER_TENSOR', `tensor ${name} is not a LoRA factor of a linear module`, { field: name })
    const [layer, peft] = [Number(match[1]), match[2]!]
    if (layer >= base.layers) fail('ADAPTER_WRONG_BASE', `the adapter changes layer ${layer}, the base has ${base.layers}`)
    const module = linearModules.find((candidate) => peftModules[candidate] === peft)!
    if (!config.targets.includes(module)) fail('ADAPTER_TENSOR', `tensor ${name} is of a module that target_modules does not name`, { field: name })
    const stem = name.slice(0, name.indexOf('.lora_'))
    if (seen.has(stem)) continue
    seen.add(stem)
    layers[layer]![module] = readPair(stem, tensors, config, base, module)
  }
  if (seen.size === 0) fail('ADAPTER_TENSOR', 'the adapter holds no tensors')
  return layers
}

function readPair(stem: string, tensors: ReadonlyMap<string, SafeTensor>, config: AdapterConfig, base: ModelConfig, module: LinearModule): NonNullable<Adapter['layers'][number][LinearModule]> {
  const factor = (side: 'A' | 'B'): SafeTensor =>
    tensors.get(`${stem}.lora_${side}.weight`) ?? tensors.get(`${stem}.lora_${side}.default.weight`) ?? fail('ADAPTER_TENSOR', `${stem} has no lora_${side}`, { field: stem })
  const [a, b] = [factor('A'), factor('B')]
  const { input, output } = linearShape(base, module)
  const moduleName = stem.replace('base_model.model.', '')
  const rank = promisedRank(config, moduleName)
  if (a.shape.length !== 2 || b.shape.length !== 2 || a.shape[0] !== rank || b.shape[1] !== rank) {
    fail('ADAPTER_TENSOR', `${stem} has factors [${a.shape.join()}] and [${b.shape.join()}], the configuration promises rank ${rank}`, { field: stem })
  }
  if (a.shape[1] !== input || b.shape[0] !== output) {
    fail('ADAPTER_WRONG_BASE', `${stem} maps ${a.shape[1]} to ${b.shape[0]}, the base's module ${input} to ${output}`, { field: stem, fix: 'use the base model that the adapter was trained on' })
  }
  return { rank, input, output, a: a.values, b: gatherRows(b.values, rank, rotaryOrder(base, module)), scale: adapterScale(config, moduleName, rank) }
}

/** The adapter's tensors under PEFT's names and in Hugging Face's row order. */
export function layersToPeft(layers: Adapter['layers'], base: ModelConfig): Map<string, SafeTensor> {
  const tensors = new Map<string, SafeTensor>()
  layers.forEach((modules, layer) => {
    for (const module of linearModules) {
      const pair = modules[module]
      if (!pair) continue
      const stem = `base_model.model.model.layers.${layer}.${peftModules[module]}`
      tensors.set(`${stem}.lora_A.weight`, { shape: [pair.rank, pair.input], values: pair.a })
      tensors.set(`${stem}.lora_B.weight`, { shape: [pair.output, pair.rank], values: scatterRows(pair.b, pair.rank, rotaryOrder(base, module)) })
    }
  })
  return tensors
}
