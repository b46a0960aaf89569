import { clusterFileSchema, readEvidence, verifyClusterFile, type CorpusTokenizer } from '@openledger/attribution'
import { MemoryStore, type SnapshotRecord } from '@openledger/datanet'
import { readArtefact, recordId, type Hex } from '@openledger/protocol'
import { expect, it } from 'vitest'
import type { Query } from '../database/Database.ts'
import { clusterRecords } from './clusterRecords.ts'

const contribution = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const record = (n: number, prompt: string, completion: string): SnapshotRecord => ({
  ...{ recordId: recordId({ prompt, completion }), contributor: `0x${n.toString(16).padStart(40, '0')}`, weight: 1, contributionId: contribution(n), licence: 'CC0-1.0', prompt, completion },
})
const tokenizer: CorpusTokenizer = {
  endOfTurn: 0,
  tokenize: (text) => Array.from(text, (c) => c.codePointAt(0)! % 250),
  encodeChat: (messages, open) => ({ tokens: [...messages.flatMap(({ content }) => [1, ...Array.from(content, (c) => 2 + (c.codePointAt(0)! % 200)), 0]), ...(open ? [1] : [])] }),
}
const engine = {
  fingerprints: (examples: readonly unknown[]) => Promise.resolve(examples.map((_, i) => ({ simhash: new Uint8Array(1024).fill(i), embedding: Float32Array.of(1, i, 0) }))),
}

/** The tables that are asked, as rows. */
const tables =
  (orders: [Hex, number][], appeals: object[]): Query =>
  <Row>(sql: string) =>
    Promise.resolve((sql.includes('chain_events') ? orders.map(([id, place]) => ({ id, place: String(place) })) : appeals) as Row[])

const records = [record(2, 'What is a barge?', 'A flat boat that carries grain.'), record(1, 'WHAT is a barge', 'a flat boat that carries grain!'), record(3, 'Who keeps the light?', 'The keeper of the cape.'), record(4, 'p'.repeat(90), 'too long to learn')]

it('gives the weight to who committed first on the chain, and keeps files that show it', async () => {
  const content = new MemoryStore()
  const orders: [Hex, number][] = [[contribution(1), 5], [contribution(2), 9], [contribution(3), 10], [contribution(4), 11]]
  const input = { records, content, tokenizer, engine, maxLength: 80, signal: new AbortController().signal }
  const found = await clusterRecords({ ...input, query: tables(orders, []) })
  expect(found.records.map((r) => r.weight)).toEqual([0, 1, 1, 1])
  const bytes = await content.get(found.clusters)
  const file = readArtefact(clusterFileSchema, bytes)
  const evidence = readEvidence(await content.get(file.evidence!))
  expect(evidence[3]!.embedding).toEqual(new Int8Array(3))
  const placed = records.map((r) => ({ ...r, order: new Map(orders).get(r.contributionId)! }))
  expect(verifyClusterFile(bytes, placed, evidence).places.map((p) => p.of)).toEqual([1, 1, 2, 3])

  const appeal = { record_id: records[0]!.recordId, contribution_id: contribution(2), reason: 'another boat', by: 'curator', at: '7' }
  const elsewhere = { ...appeal, contribution_id: contribution(77) }
  const again = await clusterRecords({ ...input, query: tables(orders, [appeal, elsewhere]) })
  expect(again.records.map((r) => r.weight)).toEqual([1, 1, 1, 1])
  expect(readArtefact(clusterFileSchema, await content.get(again.clusters)).appeals).toEqual([{ recordId: appeal.record_id, contributionId: contribution(2), reason: 'another boat', by: 'curator', at: 7 }])
})
