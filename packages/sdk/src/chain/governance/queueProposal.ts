import { encodeFunctionData, parseEventLogs } from 'viem'
import { ledgerGovernorAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'
import { readGovernance } from './readGovernance.ts'

/** Hands a proposal that has passed to the timelock; anyone may. @returns when it can be carried out, unix seconds */
export async function queueProposal(writer: LedgerWriter, proposalId: bigint): Promise<bigint> {
  const { governor } = await readGovernance(writer)
  const data = encodeFunctionData({ abi: ledgerGovernorAbi, functionName: 'queue', args: [proposalId] })
  const { logs } = await sendCall(writer, { name: 'queueing', to: governor, data })
  return onlyEvent(parseEventLogs({ abi: ledgerGovernorAbi, eventName: 'ProposalQueued', logs }), 'ProposalQueued').args.etaSeconds
}
