import { canonicalJson, cidOfDigest, fail, OrderedTree, ProofError, recordId, sha256, snapshotLeaf, type Hex, type Json, type Snapshot, type SnapshotLeaf } from '@openledger/protocol'
import { z } from 'zod'
import { duplicateMethod } from '../duplicates/duplicateMethod.ts'
import { decodeUtf8, splitLines, type Line } from '../records/lines.ts'
import { recordFault } from '../records/normaliseRecord.ts'
import { recordLimits } from '../records/recordLimits.ts'
import { countContributors, leafOf, type SnapshotHeader, type SnapshotRecord } from './snapshotRecord.ts'
import { weighRecords } from './weighRecords.ts'

const hash32 = z.custom<Hex>((v) => typeof v === 'string' && /^0x[0-9a-f]{64}$/.test(v), 'expected 0x and 64 lower-case hexadecimal digits')
const address = z.custom<Hex>((v) => typeof v === 'string' && /^0x[0-9a-f]{40}$/.test(v), 'expected an address in lower case')
const count = z.int().min(0).max(0xffffffff)

const lineFeed = 10

const headerSchema = z.strictObject({
  kind: z.literal('openledger/snapshot/1'),
  datanetId: z.string().regex(/^(0|[1-9]\d{0,77})$/, 'expected a decimal integer in a string'),
  parent: hash32,
  root: hash32,
  recordCount: count,
  contributorCount: count,
  weighting: z.string().min(1).max(64),
})

const recordSchema = z.strictObject({
  recordId: hash32,
  contributor: address,
  weight: count,
  contributionId: hash32,
  licence: z.string().min(1).max(64),
  prompt: z.string(),
  completion: z.string(),
  copyOf: hash32.optional(),
})

/** A snapshot file whose every line was recomputed. */
export type ReadSnapshot = {
  /** The statement that this file fulfils; compare it with the one on the chain, or give it as `expected`. */
  snapshot: Snapshot
  cid: string
  header: SnapshotHeader
  records: SnapshotRecord[]
  leaves: SnapshotLeaf[]
  tree: OrderedTree
}

const wrong = (code: string, line: number, message: string, field?: string): never => {
  throw new ProofError(code, `line ${line}: ${message}`, { field: field ?? `line ${line}`, fix: 'fetch the snapshot file again from another source; if it is the same there, the snapshot is false' })
}

function readLine<T extends z.ZodType>(schema: T, line: Line): z.output<T> {
  const text = decodeUtf8(line.bytes) ?? wrong('BAD_SNAPSHOT_LINE', line.number, 'is not UTF-8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    wrong('BAD_SNAPSHOT_LINE', line.number, 'is not JSON')
  }
  const result = schema.safeParse(value)
  if (!result.success) {
    const issue = result.error.issues[0]
    return wrong('BAD_SNAPSHOT_LINE', line.number, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`)
  }
  if (canonicalJson(value as Json) !== text) wrong('NOT_CANONICAL', line.number, 'is not canonical JSON')
  return result.data
}

function readRecord(line: Line): SnapshotRecord {
  const { copyOf, ...rest } = readLine(recordSchema, line)
  const fault = recordFault(rest)
  if (fault) wrong(fault.code, line.number, fault.message)
  const id = recordId(rest)
  if (id !== rest.recordId) wrong('WRONG_RECORD_ID', line.number, `the record says it is ${rest.recordId}, its content is ${id}`)
  return copyOf === undefined ? rest : { ...rest, copyOf }
}

function checkWeights(records: readonly SnapshotRecord[], weighting: string): void {
  if (weighting !== duplicateMethod.name) wrong('UNKNOWN_WEIGHTING', 1, `weights by "${weighting}" cannot be checked, only by "${duplicateMethod.name}"`)
  weighRecords(records).forEach(({ weight, copyOf }, i) => {
    const record = records[i]!
    if (record.weight === weight && record.copyOf === copyOf) return
    const truth = copyOf ? `it repeats ${copyOf} and weighs 0` : 'it repeats no earlier record and weighs 1'
    wrong('WRONG_WEIGHT', i + 2, `record ${record.recordId} has weight ${record.weight}${record.copyOf ? ` as a copy of ${record.copyOf}` : ''}, but ${truth}`)
  })
}

function checkExpected(snapshot: Snapshot, expected: Partial<Snapshot>): void {
  const order = ['datanetId', 'parent', 'recordCount', 'contributorCount', 'root', 'contentHash'] as const
  const codes = { datanetId: 'OTHER_DATANET', parent: 'WRONG_PARENT', recordCount: 'WRONG_COUNT', contributorCount: 'WRONG_COUNT', root: 'WRONG_ROOT', contentHash: 'WRONG_CONTENT_HASH' }
  for (const field of order) {
    if (expected[field] === undefined || String(expected[field]).toLowerCase() === String(snapshot[field])) continue
    throw new ProofError(codes[field], `the file has ${field} ${snapshot[field]}, the snapshot says ${expected[field]}`, { field, fix: 'fetch the file that the snapshot names' })
  }
}

/**
 * Reads a snapshot file and recomputes all of it: form, every record id, weights, counts, root, content hash. The error names the first false line.
 * @param expected the snapshot as it was signed or anchored; its content hash also covers what the leaves do not (licence, contribution)
 * @throws InputError SNAPSHOT_TOO_LARGE; ProofError BAD_SNAPSHOT_LINE, NOT_CANONICAL, WRONG_RECORD_ID, WRONG_WEIGHT, UNKNOWN_WEIGHTING,
 * WRONG_COUNT, WRONG_ROOT, WRONG_CONTENT_HASH, OTHER_DATANET, WRONG_PARENT
 */
export function readSnapshotFile(bytes: Uint8Array, expected: Partial<Snapshot> = {}): ReadSnapshot {
  if (bytes.length > recordLimits.snapshotBytes) fail('SNAPSHOT_TOO_LARGE', `a snapshot file has at most ${recordLimits.snapshotBytes} bytes`)
  let header: SnapshotHeader | undefined
  const records: SnapshotRecord[] = []
  let end = 0
  for (const line of splitLines(bytes)) {
    end += line.bytes.length + 1
    if (bytes[end - 1] !== lineFeed) wrong('NOT_CANONICAL', line.number, 'every line ends with one line feed, the last one too')
    if (!header) header = readLine(headerSchema, line)
    else if (records.length === header.recordCount) wrong('WRONG_COUNT', line.number, `the header speaks of ${header.recordCount} records, here is one more`)
    else records.push(readRecord(line))
  }
  if (!header) return wrong('BAD_SNAPSHOT_LINE', 1, 'the header is missing')
  if (records.length !== header.recordCount) wrong('WRONG_COUNT', records.length + 2, `the file ends after ${records.length} of ${header.recordCount} records`)
  checkWeights(records, header.weighting)
  const leaves = records.map(leafOf)
  const contributors = countContributors(leaves)
  if (contributors !== header.contributorCount) wrong('WRONG_COUNT', 1, `the header speaks of ${header.contributorCount} contributors, the records have ${contributors}`)
  const tree = new OrderedTree(leaves.map(snapshotLeaf))
  if (tree.root !== header.root) wrong('WRONG_ROOT', 1, `the header says root ${header.root}, the records have ${tree.root}`)
  const contentHash = sha256(bytes)
  const { parent, root, recordCount, contributorCount } = header
  const snapshot: Snapshot = { datanetId: BigInt(header.datanetId), parent, root, recordCount, contributorCount, contentHash }
  checkExpected(snapshot, expected)
  return { snapshot, cid: cidOfDigest(contentHash), header, records, leaves, tree }
}
