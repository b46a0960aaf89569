import { existsSync } from 'node:fs'
import { fail } from '@openledger/protocol'
import { FileCursor } from '../files/FileCursor.ts'
import { JsonObject } from './JsonObject.ts'

/** Reads a text file of bounded size. @throws InputError `MODEL_FOLDER`, StorageError `FILE_*` */
export function readTextFile(path: string, maxBytes: number): string {
  const cursor = new FileCursor(path)
  try {
    if (cursor.size > maxBytes) fail('MODEL_FOLDER', `${path} has ${cursor.size} bytes; at most ${maxBytes} are read`)
    return new TextDecoder('utf-8', { fatal: true }).decode(cursor.readAt(0, cursor.size))
  } catch (cause) {
    if (cause instanceof TypeError) fail('MODEL_FOLDER', `${path} is not UTF-8`, { cause })
    throw cause
  } finally {
    cursor.close()
  }
}

/** Reads a JSON object from a file of bounded size. @throws InputError `MODEL_FOLDER`, StorageError `FILE_*` */
export function readJsonFile(path: string, maxBytes = 1 << 20): JsonObject {
  const text = readTextFile(path, maxBytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    fail('MODEL_FOLDER', `${path} is not JSON`, { cause })
  }
  return new JsonObject(path, value)
}

/** Like {@link readJsonFile}; null when there is no such file. */
export function readJsonFileIfThere(path: string, maxBytes?: number): JsonObject | null {
  return existsSync(path) ? readJsonFile(path, maxBytes) : null
}
