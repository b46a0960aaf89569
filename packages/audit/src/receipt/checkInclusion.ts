import { checkPromise, type Hex, type Network, type PromiseFile, type Receipt } from '@openledger/protocol'
import type { ChainView } from '../chain/ChainView.ts'
import { falseClaim } from '../report/Auditor.ts'

export type InclusionInput = { promise: PromiseFile; statement: Receipt; receiptId: Hex; network: Network; chain: Pick<ChainView, 'time'>; isSettled: boolean }

const date = (seconds: bigint): string => new Date(1000 * Number(seconds)).toISOString()

/** Whether a gateway keeps its promise to settle a receipt by a date; a false claim when the promise is another's, or overdue by the chain's time. */
export async function checkInclusion({ promise, statement, receiptId, network, chain, isSettled }: InclusionInput): Promise<string> {
  const { gateway, fee } = statement
  const { includeBy } = promise.statement
  await checkPromise(promise, { chainId: network.chainId, epochs: network.contracts.epochs, gateway, receiptId, fee })
  if (isSettled) return `settled, as the gateway promised by ${date(includeBy)}`
  const now = await chain.time()
  if (now > includeBy) falseClaim(`gateway ${gateway} promised to settle this receipt by ${date(includeBy)} and no epoch at hand holds it: bring the promise to the chain with openledger accuse`)
  return `to be settled by ${date(includeBy)}`
}
