import type { ServedResult } from '@openledger/engine'
import { statementDomain, tokenHash, verifyStatement, type ContributorShare, type Hex, type Network, type Receipt, type Share } from '@openledger/protocol'
import type { Address } from 'viem'
import type { RunFacts } from '../deployments/TrainingWeights.ts'
import { LinkFault } from '../wire/LinkFault.ts'
import { clockSkewMs } from '../wire/timeBounds.ts'
import type { AnswerOrder } from '../worker/AnswerOrder.ts'
import { buildReceipt } from '../worker/buildReceipt.ts'
import { openAttribution } from '../worker/openAttribution.ts'

export type ReceiptCheck = {
  network: Network
  node: Address
  order: AnswerOrder
  /** The profile that the node announced. */
  profileHash: Hex
  /** What was streamed, and what the gateway made of it. */
  result: ServedResult
  /** Null for the bare base. */
  facts: RunFacts | null
  receipt: { statement: Receipt; signature: Hex }
  /** Until when the node says it will attribute the answer, Unix seconds. */
  deadline: number | null
  /** Unix seconds. */
  now: number
}

const clockSeconds = clockSkewMs / 1000
const wrong = (message: string): never => {
  throw new LinkFault('WRONG_RECEIPT', message, { action: 'stop', status: 502 })
}
/** Hashes and addresses are the same in either case of their digits. */
const equal = (a: unknown, b: unknown): boolean => a === b || (typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase())

/**
 * Makes the receipt once more from order and tokens, and compares: what the node signed must be the same in every field but its nonce.
 * @returns its id, and the shares under its share root
 * @throws LinkFault WRONG_RECEIPT; ProofError BAD_SIGNATURE
 */
export async function checkReceipt({ network, node, order, profileHash, result, facts, receipt, deadline, now }: ReceiptCheck): Promise<{ id: Hex; shares: Share[]; contributors: ContributorShare[] }> {
  const { statement, signature } = receipt
  const attribution = openAttribution(facts?.weights ?? [], result.tokens.length, deadline ?? 0)
  if ((attribution.deadline === null) !== (deadline === null)) wrong('the receipt leaves open what there is not, or leaves nothing open')
  if (deadline !== null && Math.abs(deadline - order.attributionSeconds - now) > clockSeconds) wrong('the deadline of the attribution is not the one that was ordered')
  if (Math.abs(Number(statement.time) - now) > clockSeconds) wrong('the receipt is of another time')
  const { receipt: expected, shares } = buildReceipt({
    snapshotIds: facts?.snapshotIds ?? [],
    node,
    treasury: network.treasury,
    stakers: network.contracts.stakes,
    outputHash: tokenHash(order.salt, result.tokens),
    result,
    profileHash,
    attribution,
    time: Number(statement.time),
    ...order,
  })
  for (const [field, value] of Object.entries(expected)) if (!equal(statement[field as keyof Receipt], value)) wrong(`the receipt's ${field} is ${String(statement[field as keyof Receipt])}, not ${String(value)}`)
  const domain = statementDomain(network.chainId, network.contracts.epochs)
  const id = await verifyStatement(domain, 'Receipt', statement, signature, node)
  return { id, shares, contributors: attribution.contributors }
}
