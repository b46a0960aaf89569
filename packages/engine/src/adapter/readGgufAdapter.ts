import { fail } from '@openledger/protocol'
import type { ByteSource } from '../files/ByteSource.ts'
import { FileCursor } from '../files/FileCursor.ts'
import { metadataOf } from '../gguf/metadataOf.ts'
import { type GgufFile, type GgufTensorInfo, parseGguf } from '../gguf/readGguf.ts'
import type { ModelConfig } from '../model/ModelConfig.ts'
import { linearModules, type LinearModule, linearShape } from '../model/weightShapes.ts'
import { allFinite } from '../safetensors/allFinite.ts'
import { bfloatToFloat, halfToFloat } from '../safetensors/halfToFloat.ts'
import type { Adapter, AdapterPair } from './Adapter.ts'
import { type AdapterConfig, adapterScale, maxRank, peftModules } from './AdapterConfig.ts'
import { identifyAdapter } from './adapterIdentity.ts'
import { layersToPeft } from './adapterTensors.ts'
import type { AdapterBase } from './peftFolder.ts'

const tensorName = new RegExp(`^blk\\.(\\d{1,4})\\.(${linearModules.join('|')})\\.weight\\.lora_([ab])$`)
// Element types by ggml's numbers; adapters are hardly ever stored in coarser ones.
const decoders: Record<number, (bytes: Uint8Array<ArrayBuffer>) => Float32Array> = {
  0: (bytes) => new Float32Array(bytes.buffer),
  1: (bytes) => halfToFloat(new Uint16Array(bytes.buffer)),
  30: (bytes) => bfloatToFloat(new Uint16Array(bytes.buffer)),
}

/**
 * Reads a GGUF adapter file, as llama.cpp's converter and `encodeGgufAdapter` write it, for a base model. A file that scales all modules
 * by one alpha has the id of the PEFT folder that it was made from.
 * @throws InputError `ADAPTER_*`, `GGUF_*`; StorageError `FILE_*`
 */
export function readGgufAdapter(path: string, base: AdapterBase): Adapter {
  const cursor = new FileCursor(path)
  try {
    return parseGgufAdapter(cursor, path, base)
  } finally {
    cursor.close()
  }
}

/** {@link readGgufAdapter} on a file that is already open or in memory. @param source at the file's start @param path for messages */
export function parseGgufAdapter(source: ByteSource, path: string, base: AdapterBase): Adapter {
  const file = parseGguf(source, path)
  const alpha = readAlpha(file, base)
  const layers = readLayers(file, source, base.config)
  const config = describe(layers, alpha)
  layers.forEach((modules, layer) => {
    for (const [module, pair] of Object.entries(modules)) pair.scale = adapterScale(config, nameOf(layer, module as LinearModule), pair.rank)
  })
  return { id: identifyAdapter(layersToPeft(layers, base.config), config), config, layers }
}

function readAlpha(file: GgufFile, base: AdapterBase): number {
  const metadata = metadataOf(file)
  const bad = (key: string, why: string): never => fail('ADAPTER_CONFIG', `${file.path}: ${why}`, { field: key })
  if (metadata.text('general.type', 'model') !== 'adapter') bad('general.type', 'it is a model, not an adapter')
  if (metadata.text('adapter.type', '') !== 'lora') bad('adapter.type', `adapter type ${metadata.text('adapter.type', 'none')} is not lora`)
  if (metadata.has('adapter.alora.invocation_tokens')) bad('adapter.alora.invocation_tokens', 'adapters that begin at certain tokens cannot be computed')
  const architecture = metadata.text('general.architecture')
  if (architecture !== base.config.architecture) {
    fail('ADAPTER_WRONG_BASE', `the adapter was made for architecture ${architecture}, the base is ${base.config.architecture}`, { fix: 'use the base model that the adapter was trained on' })
  }
  return metadata.number('adapter.lora.alpha', 0)
}

function readLayers(file: GgufFile, source: ByteSource, base: ModelConfig): Adapter['layers'] {
  const layers: Adapter['layers'] = Array.from({ length: base.layers }, () => ({}))
  if (file.tensors.size === 0) fail('ADAPTER_TENSOR', 'the adapter holds no tensors')
  for (const name of file.tensors.keys()) {
    const match = tensorName.exec(name)
    if (!match) fail('ADAPTER_TENSOR', `tensor ${name} is not a LoRA factor of a linear module`, { field: name })
    const [layer, module, side] = [Number(match[1]), match[2] as LinearModule, match[3]]
    if (layer >= base.layers) fail('ADAPTER_WRONG_BASE', `the adapter changes layer ${layer}, the base has ${base.layers}`)
    if (side === 'b' && layers[layer]![module]) continue
    layers[layer]![module] ??= readPair(name.slice(0, -2), file, source, linearShape(base, module))
  }
  return layers
}

function readPair(stem: string, file: GgufFile, source: ByteSource, { input, output }: { input: number; output: number }): AdapterPair {
  const factor = (side: 'a' | 'b'): GgufTensorInfo => file.tensors.get(`${stem}_${side}`) ?? fail('ADAPTER_TENSOR', `${file.path} has no tensor ${stem}_${side}`, { field: stem })
  const [a, b] = [factor('a'), factor('b')]
  const rank = a.shape[1]!
  if (a.shape.length !== 2 || b.shape.length !== 2 || b.shape[0] !== rank || rank < 1 || rank > maxRank) {
    fail('ADAPTER_TENSOR', `${stem} has factors [${a.shape.join()}] and [${b.shape.join()}], not of one rank from 1 to ${maxRank}`, { field: stem })
  }
  if (a.shape[0] !== input || b.shape[1] !== output) {
    fail('ADAPTER_WRONG_BASE', `${stem} maps ${a.shape[0]} to ${b.shape[1]}, the base's module ${input} to ${output}`, { field: stem, fix: 'use the base model that the adapter was trained on' })
  }
  return { rank, input, output, a: readValues(a, source), b: readValues(b, source), scale: 1 }
}

function readValues(info: GgufTensorInfo, source: ByteSource): Float32Array {
  const decode = decoders[info.type] ?? fail('ADAPTER_TENSOR', `tensor ${info.name} is neither F32 nor F16 nor BF16`, { field: info.name })
  const values = decode(Uint8Array.prototype.slice.call(source.readAt(info.offset, info.bytes)))
  if (!allFinite(values)) fail('ADAPTER_NOT_FINITE', `tensor ${info.name} holds values that are not finite numbers`, { field: info.name })
  return values
}

const nameOf = (layer: number, module: LinearModule): string => `model.layers.${layer}.${peftModules[module]}`

/** The configuration that PEFT would write for these factors. An alpha of 0 means no scaling, as in llama.cpp. */
function describe(layers: Adapter['layers'], alpha: number): AdapterConfig {
  const ranks = new Map<string, number>()
  const counts = new Map<number, number>()
  const targets = new Set<string>()
  layers.forEach((modules, layer) => {
    for (const [module, pair] of Object.entries(modules)) {
      targets.add(module)
      ranks.set(nameOf(layer, module as LinearModule), pair.rank)
      counts.set(pair.rank, (counts.get(pair.rank) ?? 0) + 1)
    }
  })
  const [rank] = [...counts].sort((x, y) => y[1] - x[1] || x[0] - y[0])[0]!
  const others = Object.fromEntries([...ranks].filter(([, own]) => own !== rank).sort(([x], [y]) => (x < y ? -1 : 1)))
  return { rank, alpha: alpha === 0 ? rank : alpha, rsLora: false, targets: linearModules.filter((module) => targets.has(module)), alphaPattern: alpha === 0 ? { ...others } : {}, rankPattern: others, base: '' }
}
