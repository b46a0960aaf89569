import { encodeFunctionData, parseEventLogs } from 'viem'
import { ledgerGovernorAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'
import { readGovernance } from './readGovernance.ts'

export type Vote = 'against' | 'for' | 'abstain'
const votes: readonly Vote[] = ['against', 'for', 'abstain']

/** Votes on a proposal with what was delegated to the sender when its vote began. @returns the weight, smallest unit of WOPEN */
export async function castVote(writer: LedgerWriter, proposalId: bigint, vote: Vote): Promise<bigint> {
  const { governor } = await readGovernance(writer)
  const data = encodeFunctionData({ abi: ledgerGovernorAbi, functionName: 'castVote', args: [proposalId, votes.indexOf(vote)] })
  const { logs } = await sendCall(writer, { name: 'vote', to: governor, data })
  return onlyEvent(parseEventLogs({ abi: ledgerGovernorAbi, eventName: 'VoteCast', logs }), 'VoteCast').args.weight
}
