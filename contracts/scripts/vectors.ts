/**
 * Writes the vectors by which the Solidity tests check the contracts against packages/protocol.
 * With --check it writes nothing, compares, and exits with 1 when a committed file is stale.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  balanceLeaf,
  buildEpoch,
  keccak,
  lineLeaf,
  OrderedTree,
  pendingAttributionRoot,
  receiptLeaf,
  recordLeaf,
  shareLeaf,
  snapshotLeaf,
  statementStructHash,
  statementTypes,
  toHex,
  type Hex,
  type PeerStatementName,
  type StatementMessages,
  type StatementName,
} from '@openledger/protocol'
import { encodeAbiParameters, type Address } from 'viem'
import { disputeVectors } from './disputeVectors.ts'

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'test/vectors')
const id = (text: string): Hex => keccak(new TextEncoder().encode(text))
const account = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`

// What no contract reads needs no vectors for contracts.
type ContractStatement = Exclude<StatementName, PeerStatementName>
const messages: Pick<StatementMessages, ContractStatement> = {
  Contribution: { datanetId: 7n, contributor: account(0xc0), recordsRoot: id('records'), count: 4_294_967_295, licence: 'CC-BY-4.0 ä', consent: 2, nonce: 2n ** 256n - 1n },
  Snapshot: { datanetId: 7n, parent: id('parent'), root: id('root'), recordCount: 300, contributorCount: 4, contentHash: id('file') },
  TrainingRun: {
    trainer: account(0x7a),
    baseId: id('base'),
    snapshotIds: [id('s1'), id('s2'), id('s3')],
    recipeHash: id('recipe'),
    profileHash: id('profile'),
    seed: id('seed'),
    adapterId: id('adapter'),
    metricsHash: id('metrics'),
    licence: 'CC-BY-SA-4.0 ü',
  },
  Deployment: {
    owner: account(0x0e),
    adapterId: id('adapter'),
    inputPrice: 2n ** 128n - 1n,
    outputPrice: 3n,
    nodePpm: 400_000,
    ownerPpm: 200_000,
    stakersPpm: 50_000,
    contributorsPpm: 350_000,
    methodHash: id('method'),
    tableHash: id('table'),
    nonce: 9n,
  },
  Voucher: { channelId: id('channel'), cumulative: 2n ** 128n - 1n },
  Receipt: {
    baseId: id('base'),
    adapterId: id('adapter'),
    snapshotsHash: id('snapshots'),
    deploymentId: id('deployment'),
    node: account(0x0d),
    gateway: account(0x6a),
    channelId: id('channel'),
    requestHash: id('request'),
    outputHash: id('output'),
    samplingHash: id('sampling'),
    inputTokens: 100,
    outputTokens: 4_294_967_295,
    fee: 12_345n,
    profileHash: id('profile'),
    fingerprintRoot: id('fingerprint'),
    attributionRoot: id('attribution'),
    shareRoot: id('share'),
    time: 1_700_000_000n,
    nonce: 2n ** 64n - 1n,
  },
  Attribution: { receiptId: id('receipt'), attributionRoot: id('attribution'), queryHash: id('query'), shareRoot: id('share'), time: 2n ** 64n - 1n },
  InclusionPromise: { gateway: account(0x6a), receiptId: id('receipt'), fee: 2n ** 128n - 1n, includeBy: 2n ** 64n - 1n },
  Guarantee: {
    agentId: 2n ** 256n - 1n,
    agent: account(0xa9),
    client: account(0xc1),
    taskHash: id('task'),
    reward: 2n ** 96n - 1n,
    penalty: 7n,
    acceptBy: 1_700_000_000n,
    deadline: 2n ** 64n - 1n,
    verifier: account(0x5e),
    criterion: id('criterion'),
    nonce: 3n,
  },
  Release: { guaranteeId: id('guarantee'), resultHash: id('result') },
}

function statement<N extends ContractStatement>(name: N): { encoded: Hex; structHash: Hex } {
  const components: readonly { name: string; type: string }[] = statementTypes[name]
  const encoded = encodeAbiParameters([{ type: 'tuple', components }], [messages[name]])
  return { encoded, structHash: statementStructHash(name, messages[name]) }
}

function tree(count: number): { count: number; leaves: Hex[]; root: Hex; proofs: { siblings: Hex[] }[] } {
  const leaves = Array.from({ length: count }, (_, i) => id(`leaf ${i}`))
  const built = new OrderedTree(leaves.map(recordLeaf))
  return { count, leaves, root: built.root, proofs: leaves.map((_, i) => ({ siblings: built.prove(i).siblings })) }
}

const leaf = (encoded: Uint8Array): { encoded: Hex; root: Hex } => ({ encoded: toHex(encoded), root: new OrderedTree([encoded]).root })

function epochs(): { linesRoot: Hex; balancesRoot: Hex; total: string; payees: Address[]; cumulative: string[]; proofs: { siblings: Hex[] }[] }[] {
  let previous: ReturnType<typeof buildEpoch>['balances'] = []
  return [0, 1].map((index) => {
    const receipts = Array.from({ length: 5 }, (_, i) => ({
      receiptId: id(`receipt ${index} ${i}`),
      shareRoot: id(`shares ${index} ${i}`),
      node: account(0x0d),
      nonce: BigInt(5 * index + i),
      shares: Array.from({ length: 4 }, (_, j) => ({ payee: account(0x100 + ((i * 3 + j * 5 + index) % 11)), amount: BigInt(1000 * (i + 1) + j) })),
    }))
    const built = buildEpoch(receipts, previous)
    previous = built.balances
    const balances = new OrderedTree(built.balances.map(balanceLeaf))
    return {
      linesRoot: built.linesRoot,
      balancesRoot: built.balancesRoot,
      total: built.total.toString(),
      payees: built.balances.map((b) => b.payee),
      cumulative: built.balances.map((b) => b.cumulative.toString()),
      proofs: built.balances.map((_, i) => ({ siblings: balances.prove(i).siblings })),
    }
  })
}

const files: Record<string, unknown> = {
  'statements.json': Object.fromEntries((Object.keys(messages) as ContractStatement[]).map((name) => [name, statement(name)])),
  'attribution.json': { deadline: 1_700_000_600, pendingRoot: pendingAttributionRoot(1_700_000_600) },
  'trees.json': { trees: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17].map(tree) },
  'leaves.json': {
    record: leaf(recordLeaf(id('record'))),
    snapshot: leaf(snapshotLeaf({ recordId: id('record'), contributor: account(0xc0), weight: 3 })),
    share: leaf(shareLeaf({ payee: account(0xc0), amount: 5n })),
    line: leaf(lineLeaf({ payee: account(0xc0), receiptId: id('receipt'), amount: 5n, runningTotal: 8n, epochTotal: 13n })),
    balance: leaf(balanceLeaf({ payee: account(0xc0), cumulative: 11n })),
    receipt: leaf(receiptLeaf({ receiptId: id('receipt'), shareRoot: id('shares') })),
  },
  'epochs.json': { epochs: epochs() },
  'disputes.json': await disputeVectors(),
}

const texts = Object.entries(files).map(([name, content]) => [join(folder, name), `${JSON.stringify(content, null, 1)}\n`] as const)
if (process.argv.includes('--check')) {
  const stale = texts.filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text).map(([path]) => path)
  if (stale.length > 0) {
    console.error(`stale: ${stale.join(', ')}. Run npm run contracts:vectors and commit the result.`)
    process.exit(1)
  }
  console.log(`checked ${texts.length} vector files: up to date`)
} else {
  for (const [path, text] of texts) writeFileSync(path, text)
  console.log(`wrote ${texts.length} vector files`)
}
