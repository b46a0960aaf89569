/**
 * What an answer leaves behind, in bytes: `npx tsx apps/node/src/bench/measureLedgerBytes.ts DATA_FOLDER`, on the folder of a node that is not running and has posted an epoch.
 * Journal: the bytes of each kind of fact. Tables: the answers of the journal are shown in a private PostgreSQL again and again under other ids. Prints JSON.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fail, keccak, utf8, type Hex } from '@openledger/protocol'
import { openPostgres } from '../database/openPostgres.ts'
import { silentLog } from '../config/Log.ts'
import { Journal, type JournalEntry } from '../journal/Journal.ts'
import { datanetProjections } from '../ledger/projections/datanetProjections.ts'
import { moneyProjections } from '../ledger/projections/moneyProjections.ts'
import { startPostgres } from '../test/startPostgres.ts'

const copies = 2000
/** The frame around a fact: length, checksum, newline. */
const frameBytes = 19

const folder = process.argv[2] ?? fail('BAD_USAGE', 'name the data folder of a node', { field: 'folder' })
const journal = await Journal.open({ folder: path.join(folder, 'journal') })
const entries: JournalEntry[] = []
for await (const entry of journal.read()) entries.push(entry)
await journal.close()

const mean = (values: number[]): number => Math.round(values.reduce((sum, value) => sum + value, 0) / values.length)
const bytesOf = (entry: JournalEntry): number => Buffer.byteLength(JSON.stringify(entry)) + frameBytes
const ofKind = (type: string): JournalEntry[] => entries.filter((entry) => entry.type === type)
const journalBytes = Object.fromEntries([...new Set(entries.map((entry) => entry.type))].map((type) => [type, mean(ofKind(type).map(bytesOf))]))

const contentBytes = async (cid: string): Promise<number> => (await readFile(path.join(folder, 'content', cid.slice(-2), cid))).length
const epochs = await Promise.all(ofKind('epoch').map(async ({ data }) => ({ ...(data as { cid: string; receiptCount: number; lineCount: number }), bytes: await contentBytes((data as { cid: string }).cid) })))
const attributions = ofKind('attribution').map(({ data }) => data as { queryVector: string | null })
const vectors = await Promise.all(attributions.flatMap(({ queryVector }) => (queryVector === null ? [] : [contentBytes(queryVector)])))

const server = await startPostgres()
const database = await openPostgres({ url: await server.newDatabase(), owner: 'measurement', log: silentLog })
const sources = { content: (cid: string) => readFile(path.join(folder, 'content', cid.slice(-2), cid)) }
const sizeOf = async (tables: readonly string[]): Promise<number> => {
  let bytes = 0
  for (const table of tables) {
    await database.query(`vacuum full ledger.${table}`)
    const [row] = await database.query<{ bytes: number }>(`select pg_total_relation_size('ledger.${table}') as bytes`)
    bytes += row!.bytes
  }
  return bytes
}
const answered = ofKind('receipt').flatMap((receipt) => {
  const { id } = receipt.data as { id: Hex }
  const attribution = ofKind('attribution').find(({ data }) => (data as { receiptId: Hex }).receiptId === id)
  return attribution ? [{ receipt, attribution }] : []
})
if (answered.length === 0) fail('NOTHING_TO_MEASURE', 'the journal holds no attributed answer', { field: 'folder' })
const answerTables = ['receipts', 'receipt_shares']
const empty = await sizeOf(answerTables)
for (let from = 0; from < copies; from += 100) {
  await database.transaction(async (query) => {
    for (let n = from; n < from + 100; n++) {
      const { receipt, attribution } = answered[n % answered.length]!
      const id = keccak(utf8(`copy ${n}`))
      const data = { ...(receipt.data as object), id, nonce: String(n) } as never
      for (const { sql, params } of moneyProjections.receipt.together([{ ...receipt, seq: n + 1, type: 'receipt', data }])) await query(sql, params)
      await moneyProjections.attribution(query, { ...attribution, seq: n + 1, type: 'attribution', data: { ...(attribution.data as object), receiptId: id } as never }, sources)
    }
  })
}
const tableBytes = Math.round(((await sizeOf(answerTables)) - empty) / copies)

const contributions = ofKind('contribution').map((entry) => ({ entry, ...(entry.data as { cid: string; count: number }) }))
const recordTables = ['contributions', 'records', 'record_history']
const noRecords = await sizeOf(recordTables)
let records = 0
for (let n = 0; n < 50; n++) {
  const { entry, count } = contributions[n % contributions.length]!
  const data = { ...(entry.data as object), id: keccak(utf8(`contribution ${n}`)) } as never
  await database.transaction((query) => datanetProjections.contribution(query, { ...entry, seq: n + 1, type: 'contribution', data }, sources))
  records += count
}
const recordTableBytes = Math.round(((await sizeOf(recordTables)) - noRecords) / records)
const perRecord = (bytes: number[]): number => Math.round(bytes.reduce((sum, value) => sum + value, 0) / contributions.reduce((sum, { count }) => sum + count, 0))
const record = { journalBytes: perRecord(contributions.map(({ entry }) => bytesOf(entry))), contentBytes: perRecord(await Promise.all(contributions.map(({ cid }) => contentBytes(cid)))), tableBytes: recordTableBytes }
await database.close()
await server.stop()

type Bundle = { request: { promptTokens: unknown[] }; answer: { tokens: unknown[] } }
const bundles = answered.map(({ receipt }) => (receipt.data as { bundle: Bundle }).bundle)
const tokens = { prompt: mean(bundles.map(({ request }) => request.promptTokens.length)), answer: mean(bundles.map(({ answer }) => answer.tokens.length)) }
const total = (pick: (epoch: (typeof epochs)[number]) => number): number => epochs.reduce((sum, epoch) => sum + pick(epoch), 0)
console.log(JSON.stringify({ answers: answered.length, tokens, journalBytes, tableBytes, epochFileBytes: Math.round(total((e) => e.bytes) / total((e) => e.receiptCount)), linesPerAnswer: Math.round((10 * total((e) => e.lineCount)) / total((e) => e.receiptCount)) / 10, queryVectorBytes: vectors.length > 0 ? mean(vectors) : 0, record }, null, 2))
