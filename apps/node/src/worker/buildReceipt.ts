import { answerFee, fingerprintLeaf, OrderedTree, shareLeaf, snapshotsHash, splitFee, splitWithoutAttribution, zeroHash, type Deployment, type Hex, type Receipt, type Share } from '@openledger/protocol'
import type { GenerateResult } from '@openledger/engine'
import type { Address } from 'viem'
import type { OpenedAttribution } from './openAttribution.ts'

export type ReceiptInput = {
  baseId: Hex
  adapterId: Hex | null
  snapshotIds: readonly Hex[]
  deploymentId: Hex
  deployment: Deployment
  node: Address
  gateway: Address
  treasury: Address
  stakers: Address
  platformFee: bigint
  channelId: Hex
  requestHash: Hex
  outputHash: Hex
  samplingHash: Hex
  promptTokens: readonly number[]
  result: GenerateResult
  profileHash: Hex
  /** What stands as its attribution root, and by which contributors its fee is divided meanwhile. */
  attribution: OpenedAttribution
  /** Unix seconds. */
  time: number
}

/** Everything of a receipt but its nonce, and the shares under its share root. */
export function buildReceipt(input: ReceiptInput): { receipt: Omit<Receipt, 'nonce'>; shares: Share[] } {
  const { deployment, platformFee, result, promptTokens, attribution, node, treasury, stakers } = input
  const inputTokens = promptTokens.length
  const outputTokens = result.tokens.length
  const fee = answerFee(deployment, { inputTokens, outputTokens }, platformFee)
  const split = attribution.deadline === null ? splitFee : splitWithoutAttribution
  const shares = split({ fee, platformFee, deployment, node, treasury, stakers, contributors: attribution.contributors })
  const receipt = {
    baseId: input.baseId,
    adapterId: input.adapterId ?? zeroHash,
    snapshotsHash: snapshotsHash(input.snapshotIds),
    deploymentId: input.deploymentId,
    node,
    gateway: input.gateway,
    channelId: input.channelId,
    requestHash: input.requestHash,
    outputHash: input.outputHash,
    samplingHash: input.samplingHash,
    inputTokens,
    outputTokens,
    fee,
    profileHash: input.profileHash,
    fingerprintRoot: new OrderedTree(result.logitsHashes.map(fingerprintLeaf)).root,
    attributionRoot: attribution.root,
    shareRoot: new OrderedTree(shares.map(shareLeaf)).root,
    time: BigInt(input.time),
  }
  return { receipt, shares }
}
