import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { ExecutionRecord } from './ExecutionRecord.ts'

const fileIn = (root: string): string => join(root, 'contracts/cache/coverage.bin')

/** Changes with the code that is measured, and not with the tests. */
function idOf(record: ExecutionRecord): string {
  const hash = createHash('sha256')
  for (const { bytes } of record.hits.keys()) hash.update(bytes)
  return hash.digest('hex')
}

/** Adds what earlier runs over the same code kept: coverage can be measured in parts. */
export function addKept(root: string, record: ExecutionRecord): void {
  if (!existsSync(fileIn(root))) return
  const kept = deserialize(readFileSync(fileIn(root))) as { id: string; hits: Uint8Array[] }
  if (kept.id === idOf(record)) record.add(kept.hits)
}

/** Keeps what a record holds for a later run over the same code. */
export function keepRecord(root: string, record: ExecutionRecord): void {
  writeFileSync(fileIn(root), serialize({ id: idOf(record), hits: record.export() }))
}
