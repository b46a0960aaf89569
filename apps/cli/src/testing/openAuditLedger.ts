import type { MemoryStore } from '@openledger/datanet'
import { buildEpoch, digestOfCid, epochsAbi, executionOpening, fingerprintLeaf, hashJson, OrderedTree, parseOpen, shareLeaf, tokenHash, writeArtefact, zeroHash, type EpochFile, type ExecutionOpening, type Hex, type Json, type Receipt, type ReceiptBundle } from '@openledger/protocol'
import { bondStake, enrolAuditor, ensureWopen, postEpoch, sendCall, type LedgerWriter } from '@openledger/sdk'
import { createTestClient, encodeFunctionData, http, type Address, type LocalAccount } from 'viem'
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'

type TestLedger = { operator: LedgerWriter; rpcUrl: string; newcomer(account: LocalAccount): Promise<LedgerWriter>; stop(): Promise<void> }
type Testing = { openTestLedger(parameters: object): Promise<TestLedger>; testParameters: object; anvilPath(): string | null }

/** A file of another unit's tests, which its package does not export. */
export const packageFile = (name: string): string => new URL(`../../../../packages/${name}`, import.meta.url).href
export const { anvilPath } = (await import(packageFile('sdk/src/chain/testing/startAnvil.ts'))) as Testing
export const newKey = (): PrivateKeyAccount => privateKeyToAccount(generatePrivateKey())

export type Auditor = { writer: LedgerWriter; account: LocalAccount }
/** A ledger on a chain of its own with a bonded gateway, bonded nodes and three auditors that may judge. */
export type AuditLedger = TestLedger & { gateway: LedgerWriter; accuser: LedgerWriter; auditors: Auditor[]; /** Sets the chain's clock forward. */ travel(seconds: number): Promise<void> }

/** Opens a ledger whose courts have something to do. The caller stops it. */
export async function openAuditLedger({ disputeWindow, gatewayKey, nodeKeys }: { disputeWindow: number; gatewayKey: LocalAccount; nodeKeys: readonly LocalAccount[] }): Promise<AuditLedger> {
  const { openTestLedger, testParameters } = (await import(packageFile('sdk/src/chain/testing/openTestLedger.ts'))) as Testing
  const ledger = await openTestLedger({ ...testParameters, disputeWindow, stakeThaw: 2 * disputeWindow })
  const client = createTestClient({ mode: 'anvil', transport: http(ledger.rpcUrl) })
  const travel = async (seconds: number): Promise<void> => {
    await client.increaseTime({ seconds })
    await client.mine({ blocks: 2 })
  }
  await travel(2 * disputeWindow)
  // Who brings many newcomers needs more than a test's chain begins with.
  await client.setBalance({ address: ledger.operator.walletClient.account.address, value: parseOpen('100000') })
  const gateway = await ledger.newcomer(gatewayKey)
  const accuser = await ledger.newcomer(newKey())
  await bondStake(gateway, 'gateway', parseOpen('40'))
  for (const key of nodeKeys) await bondStake(await ledger.newcomer(key), 'node', parseOpen('100'))
  const auditors: Auditor[] = []
  for (let i = 0; i < 3; i++) {
    const account = newKey()
    const writer = await ledger.newcomer(account)
    await bondStake(writer, 'auditor', parseOpen('20'))
    await enrolAuditor(writer)
    auditors.push({ writer, account })
  }
  // Only who was enrolled in an earlier second than that of a summons may judge.
  await travel(2)
  return { ...ledger, gateway, accuser, auditors, travel }
}

/** What a node says that it did, whatever it did. */
export type ClaimedAnswer = Pick<ReceiptBundle['request'], 'salt' | 'clientNonce' | 'nodeSecret' | 'promptTokens' | 'sampling'> & { tokens: number[]; logitsHashes: Hex[]; baseId: Hex; adapterId: Hex; profile: Json; node: Address; gateway: Address; nonce: bigint }

/** The receipt of an answer, for one unit of fee that the node gets, and what opens it to the court. */
export function receiptOfClaim({ salt, clientNonce, nodeSecret, promptTokens, sampling, tokens, logitsHashes, baseId, adapterId, profile, node, gateway, nonce }: ClaimedAnswer): { receipt: Receipt; opening: ExecutionOpening } {
  const receipt: Receipt = {
    ...{ baseId, adapterId, snapshotsHash: zeroHash, deploymentId: zeroHash, node, gateway, channelId: zeroHash },
    ...{ requestHash: tokenHash(salt, promptTokens), outputHash: tokenHash(salt, tokens), samplingHash: hashJson(sampling), inputTokens: promptTokens.length, outputTokens: tokens.length },
    ...{ fee: 1n, profileHash: hashJson(profile), fingerprintRoot: new OrderedTree(logitsHashes.map(fingerprintLeaf)).root, attributionRoot: zeroHash },
    ...{ shareRoot: new OrderedTree([{ payee: node, amount: 1n }].map(shareLeaf)).root, time: 1n, nonce },
  }
  const request = { salt, messages: '', promptTokens, sampling, clientNonce, nodeSecret }
  return { receipt, opening: executionOpening({ request, answer: { text: '', tokens, logitsHashes: [], finishReason: 'length' }, profile }) }
}

/** Settles such receipts in the gateway's first epoch; its file is the first of the content. */
export async function settleClaims({ operator, gateway }: Pick<AuditLedger, 'operator' | 'gateway'>, content: MemoryStore, claims: readonly { id: Hex; receipt: Receipt; signature: Hex }[]): Promise<void> {
  const receipts = claims.map(({ id, receipt, signature }) => ({ id, receipt: { statement: receipt, signature }, shares: [{ payee: receipt.node, amount: 1n }] })).sort((a, b) => (a.id < b.id ? -1 : 1))
  const { receiptsRoot, linesRoot, balancesRoot, total, lines, balances } = buildEpoch(receipts.map(({ id, receipt, shares }) => ({ receiptId: id, node: receipt.statement.node, nonce: receipt.statement.nonce, shareRoot: receipt.statement.shareRoot, shares })), [])
  const { epochs, chainId } = operator.addresses
  const { address } = gateway.walletClient.account
  const epoch: EpochFile = { kind: 'openledger/epoch/1', chainId, epochs, gateway: address, index: 0, previousBalances: [], receipts, lines, balances, total }
  await content.put(writeArtefact(epoch))
  await ensureWopen(gateway, epochs, total)
  await sendCall(gateway, { name: 'credit', to: epochs, data: encodeFunctionData({ abi: epochsAbi, functionName: 'credit', args: [address, total] }) })
  await postEpoch(gateway, { index: 0n, receiptsRoot, linesRoot, balancesRoot, total, lineCount: lines.length, receiptCount: receipts.length, dataHash: digestOfCid((await content.list())[0]!) })
}
