import {
  answerFee,
  deploymentId,
  fingerprintLeaf,
  hashJson,
  keccak,
  nodeCommitment,
  OrderedTree,
  pendingAttributionRoot,
  readArtefact,
  receiptBundleSchema,
  samplingSeed,
  shareLeaf,
  signStatement,
  statementDigest,
  statementDomain,
  tokenHash,
  utf8,
  writeArtefact,
  zeroHash,
  type Deployment,
  type Hex,
  type Network,
  type Receipt,
  type ReceiptBundle,
} from '@openledger/protocol'
import type { PrivateKeyAccount } from 'viem/accounts'

const id = (text: string): Hex => keccak(utf8(text))

/** Who signs what in a test, and the terms of the model. */
export type ReceiptMaker = { network: Network; node: PrivateKeyAccount; owner: PrivateKeyAccount; gateway: PrivateKeyAccount; platformFee: bigint }
export type ReceiptRequest = { channelId: Hex; nonce: bigint; text: string; messages: { role: string; content: string }[]; clientNonce: Hex; nodeSecret: Hex }

/** A change that makes a receipt false: of the bundle before the node signs. */
export type Tamper = (parts: { receipt: Receipt; bundle: Omit<ReceiptBundle, 'receipt'> }) => void

/** Makes the tamper of an answer whose attribution comes later: until a deadline (Unix seconds). */
export const leavingOpen = (deadline: number): Tamper => ({ receipt, bundle }) => {
  bundle.attributionDeadline = deadline
  receipt.attributionRoot = pendingAttributionRoot(deadline)
}

/** Closes an open receipt: the node signs that all of it goes to the owner. */
export async function closeReceipt({ network, node, owner }: ReceiptMaker, bytes: Uint8Array, signer = node): Promise<Uint8Array> {
  const bundle = readArtefact(receiptBundleSchema, bytes)
  const domain = statementDomain(network.chainId, network.contracts.epochs)
  const shares = [{ payee: owner.address, amount: bundle.receipt.statement.fee }]
  const statement = { receiptId: statementDigest(domain, 'Receipt', bundle.receipt.statement), attributionRoot: id('document'), queryHash: id('query'), shareRoot: new OrderedTree(shares.map(shareLeaf)).root, time: BigInt(bundle.attributionDeadline ?? 0) }
  return writeArtefact({ ...bundle, shares, completion: { statement, signature: await signStatement(signer, domain, 'Attribution', statement) } })
}

/** Makes the bundle of one answer of the bare base, every hash and signature in place. */
export async function fakeReceipt(maker: ReceiptMaker, request: ReceiptRequest, tamper: Tamper = () => undefined): Promise<{ id: Hex; fee: bigint; bytes: Uint8Array }> {
  const { network, node, owner, gateway, platformFee } = maker
  const domain = (contract: keyof Network['contracts']) => statementDomain(network.chainId, network.contracts[contract])
  const deployment: Deployment = { owner: owner.address, adapterId: id('base'), inputPrice: 500n, outputPrice: 1000n, nodePpm: 500_000, ownerPpm: 500_000, stakersPpm: 0, contributorsPpm: 0, methodHash: zeroHash, tableHash: zeroHash, nonce: 1n }
  const promptTokens = request.messages.flatMap(({ content }) => [...content].map((c) => c.codePointAt(0)!))
  const tokens = [...request.text].map((c) => c.codePointAt(0)!)
  const salt = id(`salt ${request.nonce}`)
  const requestHash = tokenHash(salt, promptTokens)
  const { clientNonce, nodeSecret, messages } = request
  const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: 64, stop: [], seed: samplingSeed(clientNonce, nodeCommitment(nodeSecret), requestHash) }
  const logitsHashes = tokens.map((token) => id(`logits ${token}`))
  const fee = answerFee(deployment, { inputTokens: promptTokens.length, outputTokens: tokens.length }, platformFee)
  const shares = [{ payee: node.address, amount: fee }]
  const bundle: Omit<ReceiptBundle, 'receipt'> = {
    kind: 'openledger/receipt/1',
    domain: { chainId: network.chainId, verifyingContract: network.contracts.epochs },
    deployment: { statement: deployment, signature: await signStatement(owner, domain('models'), 'Deployment', deployment) },
    run: null,
    request: { salt, messages, promptTokens, sampling, clientNonce, nodeSecret },
    answer: { text: request.text, tokens, logitsHashes, finishReason: 'stop' },
    profile: { name: 'test' },
    attribution: null,
    queryVector: null,
    platformFee,
    treasury: network.treasury,
    stakers: network.contracts.stakes,
    contributors: [],
    shares,
  }
  const receipt: Receipt = {
    baseId: id('base'),
    adapterId: zeroHash,
    snapshotsHash: zeroHash,
    deploymentId: deploymentId(deployment),
    node: node.address,
    gateway: gateway.address,
    channelId: request.channelId,
    requestHash,
    outputHash: tokenHash(salt, tokens),
    samplingHash: hashJson(sampling),
    inputTokens: promptTokens.length,
    outputTokens: tokens.length,
    fee,
    profileHash: hashJson(bundle.profile),
    fingerprintRoot: new OrderedTree(logitsHashes.map(fingerprintLeaf)).root,
    attributionRoot: zeroHash,
    shareRoot: new OrderedTree(shares.map(shareLeaf)).root,
    time: 1_700_000_000n + request.nonce,
    nonce: request.nonce,
  }
  tamper({ receipt, bundle })
  const signature = await signStatement(node, domain('epochs'), 'Receipt', receipt)
  return { id: statementDigest(domain('epochs'), 'Receipt', receipt), fee: receipt.fee, bytes: writeArtefact({ ...bundle, receipt: { statement: receipt, signature } }) }
}
