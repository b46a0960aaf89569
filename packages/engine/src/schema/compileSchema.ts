import type { Json } from '@openledger/protocol'
import { productiveNodes } from './productiveNodes.ts'
import { schemaError } from './schemaError.ts'
import type { SchemaNode } from './SchemaNode.ts'
import { SchemaReader } from './SchemaReader.ts'

/** A schema that was read: its first node, and the nodes that have documents. */
export type CompiledSchema = { root: SchemaNode; productive: ReadonlySet<SchemaNode> }

const kept = 16
const compiled = new Map<string, CompiledSchema>()

/**
 * Reads a JSON Schema; the last few are remembered.
 * @param text the schema as JSON
 * @throws InputError `SCHEMA_UNSUPPORTED` when it is too large, cannot be followed, or allows no document
 */
export function compileSchema(text: string): CompiledSchema {
  const known = compiled.get(text)
  if (known) return known
  let json: Json
  try {
    json = JSON.parse(text) as Json
  } catch {
    return schemaError('', 'it is not JSON')
  }
  const root = new SchemaReader(json).read()
  const productive = productiveNodes(root)
  if (!productive.has(root)) schemaError('', 'no document is valid under it')
  const schema = { root, productive }
  compiled.set(text, schema)
  if (compiled.size > kept) compiled.delete(compiled.keys().next().value!)
  return schema
}
