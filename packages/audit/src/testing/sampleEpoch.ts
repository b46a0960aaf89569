import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { Address } from 'viem'
import {
  buildEpoch,
  compareHex,
  keccak,
  OrderedTree,
  sha256,
  shareLeaf,
  signStatement,
  statementDigest,
  statementDomain,
  utf8,
  writeArtefact,
  zeroHash,
  type EpochFile,
  type Receipt,
} from '@openledger/protocol'
import type { ChainEpoch, ChainView } from '../chain/ChainView.ts'

const hash = (text: string) => keccak(utf8(text))
const addressOf = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`

/** A correct epoch of `count` receipts signed by a fresh node key, and the chain that anchors it. */
export async function sampleEpoch(count: number): Promise<{ epoch: EpochFile; anchored: ChainEpoch }> {
  const account = privateKeyToAccount(generatePrivateKey())
  const domain = statementDomain(1, addressOf(99))
  const receipts: EpochFile['receipts'] = []
  for (let i = 0; i < count; i++) {
    const shares = [3, 7, 8].map((p, k) => ({ payee: addressOf(p), amount: BigInt(100 * (i + 1) + k) }))
    const statement: Receipt = {
      baseId: hash('base'),
      adapterId: hash('adapter'),
      snapshotsHash: hash('snapshots'),
      deploymentId: hash('deployment'),
      node: account.address,
      gateway: addressOf(50),
      channelId: hash('channel'),
      requestHash: hash(`request ${i}`),
      outputHash: hash(`output ${i}`),
      samplingHash: hash('sampling'),
      inputTokens: 10,
      outputTokens: 20,
      fee: shares.reduce((sum, s) => sum + s.amount, 0n),
      profileHash: hash('profile'),
      fingerprintRoot: hash('fingerprint'),
      attributionRoot: zeroHash,
      shareRoot: new OrderedTree(shares.map(shareLeaf)).root,
      time: 1_700_000_000n,
      nonce: BigInt(i),
    }
    const signature = await signStatement(account, domain, 'Receipt', statement)
    receipts.push({ id: statementDigest(domain, 'Receipt', statement), receipt: { statement, signature }, shares })
  }
  receipts.sort((a, b) => compareHex(a.id, b.id))
  const ledger = buildEpoch(receipts.map((r) => ({ receiptId: r.id, node: account.address, nonce: r.receipt.statement.nonce, shareRoot: r.receipt.statement.shareRoot, shares: r.shares })), [])
  const epoch: EpochFile = {
    kind: 'openledger/epoch/1',
    chainId: 1,
    epochs: domain.verifyingContract,
    gateway: addressOf(50),
    index: 0,
    previousBalances: [],
    receipts,
    lines: ledger.lines,
    balances: ledger.balances,
    total: ledger.total,
  }
  return { epoch, anchored: anchorOf(epoch, ledger) }
}

/** What the chain would hold for an epoch file. */
export function anchorOf(epoch: EpochFile, ledger: Pick<ReturnType<typeof buildEpoch>, 'receiptsRoot' | 'linesRoot' | 'balancesRoot'>): ChainEpoch {
  return {
    index: BigInt(epoch.index),
    cumulative: epoch.total,
    finalAt: 1_800_000_000n,
    receiptsRoot: ledger.receiptsRoot,
    linesRoot: ledger.linesRoot,
    balancesRoot: ledger.balancesRoot,
    total: epoch.total,
    lineCount: epoch.lines.length,
    receiptCount: epoch.receipts.length,
    dataHash: sha256(writeArtefact(epoch)),
    voided: false,
    final: true,
  }
}

/** A chain that knows one epoch. */
export function chainWith(anchored: ChainEpoch | null, collected: bigint): ChainView {
  const nothing = async () => null
  return {
    contribution: nothing,
    snapshot: nothing,
    base: nothing,
    adapter: nothing,
    deployment: nothing,
    rights: nothing,
    freezeAt: nothing,
    channel: nothing,
    epoch: async () => anchored,
    collected: async () => collected,
    stake: async () => 0n,
    time: async () => 0n,
    revokedAt: nothing,
  }
}
