import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail, type Hex, StorageError } from '@openledger/protocol'
import { BufferCursor } from '../files/BufferCursor.ts'
import type { ModelConfig } from '../model/ModelConfig.ts'
import { parseSafetensors, readSafetensors, type SafeTensor } from '../safetensors/readSafetensors.ts'
import { writeSafetensors } from '../safetensors/writeSafetensors.ts'
import type { Adapter } from './Adapter.ts'
import { type AdapterConfig, adapterScale, fromPeftConfig, peftModules, toPeftConfig } from './AdapterConfig.ts'
import { identifyAdapter } from './adapterIdentity.ts'
import { layersFromPeft, layersToPeft } from './adapterTensors.ts'

/** What a PEFT folder's two files are called. */
export const peftFiles = { config: 'adapter_config.json', tensors: 'adapter_model.safetensors' } as const

/** Largest `adapter_config.json` that is read. */
export const maxConfigBytes = 1 << 20

/** The base that an adapter must fit: its id and its sizes. */
export type AdapterBase = { id: Hex; config: ModelConfig }

/**
 * Reads a PEFT folder (`adapter_config.json`, `adapter_model.safetensors`) for a base model.
 * When the folder names its base by id (0x...), it must be this one; a free name is not checked beyond the shapes.
 * @throws InputError `ADAPTER_*`, `SAFETENSORS_*`; StorageError `FILE_*`
 */
export function readPeftFolder(folder: string, base: AdapterBase): Adapter {
  const config = parseConfig(readConfig(join(folder, peftFiles.config)), join(folder, peftFiles.config))
  return adapterFromPeft(config, readSafetensors(join(folder, peftFiles.tensors)), base)
}

/** {@link readPeftFolder} on files that are already in memory. @param folder for messages */
export function parsePeft(files: { config: Buffer; tensors: Buffer }, folder: string, base: AdapterBase): Adapter {
  const config = parseConfig(files.config.toString('utf8'), join(folder, peftFiles.config))
  const path = join(folder, peftFiles.tensors)
  return adapterFromPeft(config, parseSafetensors(new BufferCursor(files.tensors, path), path), base)
}

function adapterFromPeft(config: AdapterConfig, tensors: ReadonlyMap<string, SafeTensor>, base: AdapterBase): Adapter {
  if (/^0x[0-9a-f]{64}$/.test(config.base) && config.base !== base.id) {
    fail('ADAPTER_WRONG_BASE', `the adapter was trained on base ${config.base}, this one is ${base.id}`, { fix: 'use the base model that the adapter was trained on' })
  }
  const layers = layersFromPeft(tensors, config, base.config)
  // The id is over canonical names, so that `.default` in a file's names does not change it.
  return { id: identifyAdapter(layersToPeft(layers, base.config), config), config, layers }
}

/**
 * Makes an adapter of trained factors: fills in each pair's scale from the configuration and computes the id.
 * @param layers per layer and module the factors in GGUF order; kept, not copied
 */
export function makeAdapter(config: AdapterConfig, layers: Adapter['layers'], base: AdapterBase): Adapter {
  const scaled = layers.map((modules, layer) =>
    Object.fromEntries(
      Object.entries(modules).map(([module, pair]) => {
        const name = `model.layers.${layer}.${peftModules[module as keyof typeof peftModules]}`
        return [module, { ...pair, scale: adapterScale(config, name, pair.rank) }]
      }),
    ),
  )
  return { id: identifyAdapter(layersToPeft(scaled, base.config), config), config, layers: scaled }
}

/**
 * Writes an adapter as a PEFT folder; equal adapters give equal bytes. Each file appears whole or not at all.
 * @returns the paths of both files
 */
export function writePeftFolder(folder: string, adapter: Adapter, base: AdapterBase): { config: string; tensors: string } {
  mkdirSync(folder, { recursive: true })
  const paths = { config: join(folder, peftFiles.config), tensors: join(folder, peftFiles.tensors) }
  writeWhole(paths.tensors, writeSafetensors(layersToPeft(adapter.layers, base.config), { format: 'pt' }))
  writeWhole(paths.config, Buffer.from(`${JSON.stringify(toPeftConfig({ ...adapter.config, base: base.id }), null, 2)}\n`, 'utf8'))
  return paths
}

function writeWhole(path: string, bytes: Uint8Array): void {
  writeFileSync(`${path}.part`, bytes)
  renameSync(`${path}.part`, path)
}

function readConfig(path: string): string {
  try {
    const status = statSync(path)
    if (!status.isFile()) throw new StorageError('FILE_UNREADABLE', `${path} is not a file`, { action: 'fix' })
    if (status.size > maxConfigBytes) fail('ADAPTER_CONFIG', `${path} is larger than ${maxConfigBytes} bytes`)
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'syscall' in cause) throw new StorageError('FILE_UNREADABLE', `${path} cannot be read`, { cause, action: 'fix', fix: 'give the folder that holds adapter_config.json' })
    throw cause
  }
}

function parseConfig(text: string, path: string): AdapterConfig {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (cause) {
    fail('ADAPTER_CONFIG', `${path} is not JSON`, { cause })
  }
  return fromPeftConfig(raw)
}
