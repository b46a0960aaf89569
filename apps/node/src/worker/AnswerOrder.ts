import type { GeneratedToken, GenerateRequest, ServedResult } from '@openledger/engine'
import type { ContributorShare, Deployment, Hex, Json, Receipt, Sampling, Share } from '@openledger/protocol'
import type { Address } from 'viem'

/** What a gateway asks of a node: one answer, or the rest of one. Everything that the receipt will name is in it, or follows from it. */
export type AnswerOrder = {
  gateway: Address
  baseId: Hex
  channelId: Hex
  deploymentId: Hex
  deployment: Deployment
  /** The owner's, over the deployment. */
  deploymentSignature: Hex
  /** Null for the bare base. */
  adapterId: Hex | null
  /** Content id of the manifest of the run that made the adapter; null for the bare base. */
  manifest: string | null
  promptTokens: readonly number[]
  /** Opens requestHash. */
  salt: Hex
  requestHash: Hex
  sampling: Sampling
  /** Of `sampling`, as hashJson. */
  samplingHash: Hex
  /** The payer's, and the commitment to the gateway's secret: with the request they make the seed of `sampling`. */
  clientNonce: Hex
  nodeCommitment: Hex
  /** Tokens that the answer has already. */
  answered: readonly number[]
  logprobs: boolean
  topLogprobs: number
  scheduling: Pick<GenerateRequest, 'priority' | 'deadlineMs' | 'firstTokenMs'>
  platformFee: bigint
  /** Within how many seconds after its last token the answer must be attributed. */
  attributionSeconds: number
}

/** What a node gives for an order. */
export type NodeAnswer = {
  /** The whole answer, with the tokens that it had already. */
  result: ServedResult
  /** The numerics profile under which it was computed. */
  profile: Json
  receipt: { id: Hex; statement: Receipt; signature: Hex }
  shares: Share[]
  /** By whose training weight the fee is divided until the answer is attributed. */
  contributors: ContributorShare[]
  /** Unix seconds until which it must be attributed; null when there is nothing to attribute. */
  deadline: number | null
  /** Called exactly once: whether the receipt was recorded, so that its attribution is wanted. */
  close(recorded: boolean): void
}

/** How the answer to an order is watched and called off. */
export type OrderOptions = { onToken: (token: GeneratedToken) => void; signal: AbortSignal }
