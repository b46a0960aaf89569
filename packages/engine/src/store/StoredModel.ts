import { fail } from '@openledger/protocol'
import { JsonObject } from '../huggingface/JsonObject.ts'

/** Where a stored model came from. */
export type ModelSource =
  | { kind: 'file' | 'folder'; path: string }
  /** `commit` is the exact revision; `file` is missing when a folder of safetensors was taken. */
  | { kind: 'hub'; repository: string; revision: string; commit: string; file?: string }

/** A base model in the store: its name, and the file that holds it, by content. */
export type StoredModel = {
  name: string
  /** SHA-256 of the GGUF file, 64 hexadecimal digits. */
  sha256: string
  bytes: number
  source: ModelSource
  /** Unix seconds. */
  addedAt: number
  /** What a user should know about the conversion. */
  notes: string[]
}

/** What a model may be called. */
export const modelNamePattern = /^[a-z0-9][a-z0-9._-]{0,79}$/

/** A name for a model from a path or a repository: its last part, without endings of formats, in lower case. */
export function nameFrom(text: string): string {
  const last = text.replaceAll('\\', '/').split('/').filter((part) => part !== '').at(-1) ?? ''
  const name = last.replace(/\.gguf$/i, '').toLowerCase().replace(/[^a-z0-9._-]+/g, '-').replace(/^[^a-z0-9]+/, '').slice(0, 80)
  return name === '' ? 'model' : name
}

/** Reads the description of a stored model. @throws InputError `MODEL_FOLDER`, `MODEL_RECORD` */
export function parseStoredModel(text: string, path: string): StoredModel {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    fail('MODEL_RECORD', `${path} is damaged`, { cause, fix: 'delete it and add the model again' })
  }
  const json = new JsonObject(path, value)
  const name = json.text('name')
  const sha256 = json.text('sha256')
  if (!modelNamePattern.test(name) || !/^[0-9a-f]{64}$/.test(sha256)) fail('MODEL_RECORD', `${path} is damaged`, { fix: 'delete it and add the model again' })
  return { name, sha256, bytes: json.number('bytes'), source: json.need('source').fields as ModelSource, addedAt: json.number('addedAt'), notes: json.list('notes').map(String) }
}
