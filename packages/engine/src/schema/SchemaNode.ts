import type { Scanner } from './scanners/Scanner.ts'

/** A value of one part of a schema. Nodes can refer to each other in circles. */
export type SchemaNode =
  | { kind: 'scan'; scanner: Scanner; /** The documents in it when they are listed (const, enum), as compact JSON. */ texts?: readonly string[]; type: JsonType | 'mixed' }
  | { kind: 'choice'; options: SchemaNode[] }
  | { kind: 'array'; prefix: readonly SchemaNode[]; /** Null: nothing after the prefix. */ rest: SchemaNode | null; min: number; max: number }
  | { kind: 'object'; members: readonly ObjectMember[]; /** Null: no other members. */ rest: SchemaNode | null; otherKey: Scanner }

export type ObjectMember = { key: string; value: SchemaNode; required: boolean }

export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'
