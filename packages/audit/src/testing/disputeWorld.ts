import {
  attributionRoot,
  buildAttribution,
  buildInfluenceTable,
  buildQueryVector,
  buildSpanShards,
  methodHash,
  SpanFinder,
  tableCommitment,
  type AttributionDocument,
  type SpanRecord,
} from '@openledger/attribution'
import {
  answerFee,
  deploymentId,
  keccak,
  OrderedTree,
  shareLeaf,
  signStatement,
  snapshotId,
  snapshotLeaf,
  snapshotsHash,
  splitFee,
  statementDomain,
  tokenHash,
  utf8,
  zeroHash,
  type Deployment,
  type DisputeCourt,
  type Hex,
  type Receipt,
  type ReceiptBundle,
  type Snapshot,
} from '@openledger/protocol'
import type { Address } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import type { DisputeMaterial } from '../dispute/DisputeMaterial.ts'

const id = (text: string): Hex => keccak(utf8(text))
const address = (k: number): Address => `0x${k.toString(16).padStart(40, '0')}`
const [node, owner] = [privateKeyToAccount(id('node')), privateKeyToAccount(id('owner'))]

export const court: DisputeCourt = { chainId: 31337, epochs: address(0xe), models: address(0xd), treasury: address(0xaa), stakers: address(0xbb), payer: address(0xcc) }

const parameters = 9000
const wave = (a: number): Float32Array => Float32Array.from({ length: parameters }, (_, i) => Math.sin(i * (a + 1)) * 0.01 * 2 ** -(i % 7))
const words = Array.from({ length: 70 }, (_, k) => 100 + k)

/** Five records of four contributors: the second holds the words first, the first and the fourth hold more of them. */
function sampleRecords(): SpanRecord[] {
  const record = (k: number, contributor: number, commitOrder: number, completion: number[]): SpanRecord => ({ recordId: id(`record ${k}`), contributor, commitOrder, prompt: [1, 2, 3 + k], completion })
  return [
    record(0, 0, 9, words),
    record(1, 1, 4, [7, ...words.slice(0, 30), 8]),
    record(2, 2, 5, Array.from({ length: 40 }, (_, k) => 300 + k)),
    record(3, 3, 7, [9, ...words.slice(0, 50)]),
    record(4, 2, 8, Array.from({ length: 300 }, (_, k) => 400 + (k % 11) * 3 + (k % 5))),
  ]
}

/** What a liar changes: the material before the document is made, the document before it is bound, the payments, the receipt before it is signed. */
export type Plant = {
  material?: (material: DisputeMaterial) => void
  document?: (document: AttributionDocument, material: DisputeMaterial) => void
  contributors?: (shares: AttributionDocument['shares']) => AttributionDocument['shares']
  receipt?: (receipt: Receipt) => void
}

/**
 * One attributed and signed answer with all that stands behind it, honest but for what is planted.
 * @param shards how many of the five records each shard of the index takes
 */
export async function disputeWorld(plant: Plant = {}, shards: readonly number[] = [5]): Promise<DisputeMaterial> {
  const contributors = [1, 2, 3, 4].map(address)
  const records = sampleRecords()
  const index = buildSpanShards(records, contributors, shards)
  const finder = new SpanFinder(index, new Set([id('record 4'), id('elsewhere')]))
  const table = buildInfluenceTable(contributors.map((_, a) => wave(a)), {
    method: 'trajectory',
    adapterId: id('adapter'),
    baseId: id('base'),
    atoms: contributors.map((contributor, a) => ({ contributor, trainingWeight: a + 1 })),
  })
  const other = wave(2)
  const query = buildQueryVector(Float32Array.from(wave(1), (x, i) => -9000 * x + 100 * other[i]!))
  const answer = [50, ...words.slice(2, 42), 51, 52, ...Array.from({ length: 20 }, (_, k) => 310 + k)]
  const wordStarts = new Uint8Array(answer.length).fill(1)
  const leaves = records.map((r) => ({ recordId: r.recordId, contributor: contributors[r.contributor]!, weight: 1 }))
  const statement: Snapshot = { datanetId: 1n, parent: zeroHash, root: new OrderedTree(leaves.map(snapshotLeaf)).root, recordCount: records.length, contributorCount: 4, contentHash: id('snapshot') }
  const salt = id('salt')
  const material: DisputeMaterial = { bundle: {} as ReceiptBundle, document: {} as AttributionDocument, table, query, index, finder, wordStarts, snapshots: [{ statement, leaves }], payer: court.payer }
  plant.material?.(material)
  const outputHash = tokenHash(salt, answer)
  const document = buildAttribution({ finder, table: material.table, query: material.query, answer, wordStarts: material.wordStarts, losses: { base: 3_000_000, tuned: 200_000 }, answerKey: outputHash })
  plant.document?.(document, material)

  const deployment: Deployment = {
    ...{ owner: owner.address, adapterId: id('adapter'), inputPrice: 1000n, outputPrice: 5000n, nodePpm: 200_000, ownerPpm: 150_000, stakersPpm: 50_000, contributorsPpm: 600_000 },
    ...{ methodHash: methodHash('trajectory'), tableHash: tableCommitment(table).root, nonce: 1n },
  }
  const platformFee = 11n
  const fee = answerFee(deployment, { inputTokens: 5, outputTokens: answer.length }, platformFee)
  const paid = plant.contributors?.(document.shares) ?? document.shares
  const shares = splitFee({ fee, platformFee, deployment, node: node.address, treasury: court.treasury, stakers: court.stakers, contributors: paid })
  const receipt: Receipt = {
    ...{ baseId: id('base'), adapterId: id('adapter'), snapshotsHash: snapshotsHash([snapshotId(statement)]), deploymentId: deploymentId(deployment), node: node.address, gateway: address(5), channelId: id('channel') },
    ...{ requestHash: tokenHash(salt, [1, 2, 3, 4, 5]), outputHash, samplingHash: id('sampling'), inputTokens: 5, outputTokens: answer.length, fee, profileHash: id('profile'), fingerprintRoot: id('logits') },
    ...{ attributionRoot: attributionRoot(document), shareRoot: new OrderedTree(shares.map(shareLeaf)).root, time: 1_700_000_000n, nonce: 1n },
  }
  plant.receipt?.(receipt)
  const signed = {
    receipt: { statement: receipt, signature: await signStatement(node, statementDomain(court.chainId, court.epochs), 'Receipt', receipt) },
    deployment: { statement: deployment, signature: await signStatement(owner, statementDomain(court.chainId, court.models), 'Deployment', deployment) },
  }
  const request = { salt } as ReceiptBundle['request']
  const bundle = { ...signed, request, answer: { tokens: answer }, attribution: document, contributors: paid, shares, platformFee, treasury: court.treasury, stakers: court.stakers } as unknown as ReceiptBundle
  return { ...material, bundle, document }
}
