import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { ExecutionRecord } from './ExecutionRecord.ts'

const fileIn = (root: string): string => join(root, 'contracts/cache/coverage.bin')

/** Adds what earlier runs over the same code kept: coverage can be measured in parts. */
export function addKept(root: string, id: string, record: ExecutionRecord): void {
  if (!existsSync(fileIn(root))) return
  const kept = deserialize(readFileSync(fileIn(root))) as { id: string; hits: Uint8Array[] }
  if (kept.id === id) record.add(kept.hits)
}

/** Keeps what a record holds for a later run over the same code. */
export function keepRecord(root: string, id: string, record: ExecutionRecord): void {
  writeFileSync(fileIn(root), serialize({ id, hits: record.export() }))
}
