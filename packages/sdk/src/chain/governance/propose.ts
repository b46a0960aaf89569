import { encodeFunctionData, parseEventLogs, type Address } from 'viem'
import { ledgerGovernorAbi, parametersAbi, samplingBeaconAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'
import type { AuditTerms } from '../executions/drawReceipts.ts'
import type { LedgerParameters } from '../parameters/readParameters.ts'
import { readGovernance } from './readGovernance.ts'

/** One call that the timelock makes when a proposal has passed. */
export type ProposedCall = { target: Address; data: Hex; value?: bigint }

/** The call that sets all parameters. */
export function parametersCall(parameters: Address, values: LedgerParameters): ProposedCall {
  return { target: parameters, data: encodeFunctionData({ abi: parametersAbi, functionName: 'set', args: [values] }) }
}

/** The call that sets how answers are sampled and judged; for draws and cases that begin later. */
export function auditTermsCall(samplingBeacon: Address, terms: AuditTerms): ProposedCall {
  return { target: samplingBeacon, data: encodeFunctionData({ abi: samplingBeaconAbi, functionName: 'setTerms', args: [terms] }) }
}

/** The call that names who may pause; the zero address for nobody. */
export function guardianCall(parameters: Address, guardian: Address): ProposedCall {
  return { target: parameters, data: encodeFunctionData({ abi: parametersAbi, functionName: 'setGuardian', args: [guardian] }) }
}

/** The call that registers or removes a court. */
export function courtCall(parameters: Address, court: Address, allowed: boolean): ProposedCall {
  return { target: parameters, data: encodeFunctionData({ abi: parametersAbi, functionName: 'setCourt', args: [court, allowed] }) }
}

/**
 * Proposes calls to be voted on; the sender needs the votes of the threshold, delegated before.
 * @param description with equal calls, an equal description is the same proposal
 * @returns the proposal's id
 * @throws OpenLedgerError GOVERNOR_INSUFFICIENT_PROPOSER_VOTES
 */
export async function propose(writer: LedgerWriter, calls: readonly ProposedCall[], description: string): Promise<bigint> {
  const { governor } = await readGovernance(writer)
  const args = [calls.map((c) => c.target), calls.map((c) => c.value ?? 0n), calls.map((c) => c.data), description] as const
  const data = encodeFunctionData({ abi: ledgerGovernorAbi, functionName: 'propose', args })
  const { logs } = await sendCall(writer, { name: 'proposal', to: governor, data })
  return onlyEvent(parseEventLogs({ abi: ledgerGovernorAbi, eventName: 'ProposalCreated', logs }), 'ProposalCreated').args.proposalId
}
