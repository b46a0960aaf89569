import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '@openledger/protocol'
import { FileCursor } from '../files/FileCursor.ts'
import { readSafetensorsHeader, type SafeTensorInfo } from '../safetensors/readSafetensorsHeader.ts'
import type { JsonObject } from './JsonObject.ts'
import { readJsonFile } from './readJsonFile.ts'

/** A tensor in one of a folder's files: shape as Hugging Face has it, outermost extent first. */
export type FolderTensor = SafeTensorInfo & { cursor: FileCursor }

const singleFile = 'model.safetensors'
const indexFile = 'model.safetensors.index.json'
const maxShards = 1000

/** The weights of a model folder: one safetensors file, or several with an index. The maker closes it; closing twice does nothing. */
export class SafetensorsFolder {
  readonly tensors: ReadonlyMap<string, FolderTensor>
  readonly #cursors: FileCursor[] = []

  /**
   * Opens all files and reads their headers.
   * @throws InputError `MODEL_FOLDER`, `SAFETENSORS_*`; StorageError `FILE_*`
   */
  constructor(folder: string) {
    try {
      this.tensors = this.#open(folder)
    } catch (error) {
      this.close()
      throw error
    }
  }

  close(): void {
    for (const cursor of this.#cursors) cursor.close()
  }

  #open(folder: string): Map<string, FolderTensor> {
    const tensors = new Map<string, FolderTensor>()
    if (!existsSync(join(folder, indexFile))) {
      if (!existsSync(join(folder, singleFile))) fail('MODEL_FOLDER', `${folder} holds neither ${singleFile} nor ${indexFile}`, { fix: 'name a folder with safetensors weights' })
      this.#read(folder, singleFile, tensors)
      return tensors
    }
    const index = readJsonFile(join(folder, indexFile), 64 << 20)
    const places = placesOf(index)
    const shards = [...new Set(places.values())].sort()
    if (shards.length > maxShards) fail('MODEL_FOLDER', `${index.source} names ${shards.length} files; at most ${maxShards} are read`)
    for (const shard of shards) this.#read(folder, shard, tensors, places)
    for (const [name, file] of places) if (!tensors.has(name)) fail('MODEL_TENSOR_MISSING', `${file} lacks the tensor ${name} that ${index.source} promises`)
    return tensors
  }

  #read(folder: string, file: string, tensors: Map<string, FolderTensor>, places?: ReadonlyMap<string, string>): void {
    const path = join(folder, file)
    const cursor = new FileCursor(path)
    this.#cursors.push(cursor)
    for (const info of readSafetensorsHeader(cursor, path)) {
      if (places && places.get(info.name) !== file) fail('MODEL_FOLDER', `${path} holds the tensor ${info.name}, which the index does not place there`)
      tensors.set(info.name, { ...info, cursor })
    }
  }
}

/** Which file holds each tensor; names that could lead out of the folder are refused. */
function placesOf(index: JsonObject): Map<string, string> {
  const places = new Map<string, string>()
  const map = index.need('weight_map')
  for (const name of Object.keys(map.fields)) {
    const file = map.text(name)
    if (!/^[\w-][\w.-]{0,200}\.safetensors$/.test(file)) fail('MODEL_FOLDER', `${index.source} names the file "${file.slice(0, 80)}", which is no plain name of a safetensors file`, { field: name })
    places.set(name, file)
  }
  if (places.size === 0) fail('MODEL_FOLDER', `${index.source} names no tensors`)
  return places
}
