import { readFile } from 'node:fs/promises'
import { fail, type Json } from '@openledger/protocol'

/** Reads a JSON Schema from a file. @throws InputError BAD_SCHEMA */
export async function readSchema(path: string): Promise<{ readonly [keyword: string]: Json }> {
  let schema: unknown
  try {
    schema = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    fail('BAD_SCHEMA', `${path} cannot be read as JSON`, { cause, field: '--json-schema', fix: 'name a file that holds a JSON Schema' })
  }
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) fail('BAD_SCHEMA', `${path} does not hold a JSON object`, { field: '--json-schema' })
  return schema as { readonly [keyword: string]: Json }
}
