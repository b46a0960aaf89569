import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { ledgerGovernorAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { readGovernance } from './readGovernance.ts'

/** Carries out a proposal whose delay is over; anyone may. @throws OpenLedgerError with the code of what the calls refuse, such as PARAMETER_OUT_OF_BOUNDS */
export async function executeProposal(writer: LedgerWriter, proposalId: bigint): Promise<TransactionReceipt> {
  const { governor } = await readGovernance(writer)
  const data = encodeFunctionData({ abi: ledgerGovernorAbi, functionName: 'execute', args: [proposalId] })
  return sendCall(writer, { name: 'execution', to: governor, data })
}
