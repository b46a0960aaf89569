import type { Address } from 'viem'
import { ledgerGovernorAbi, parametersAbi, timelockAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

export type Governance = {
  /** Owns Parameters. */
  timelock: Address
  governor: Address
  /** Between a decision and when it can be carried out, seconds. */
  timelockDelay: bigint
  votingDelay: bigint
  votingPeriod: bigint
  /** Smallest unit of WOPEN. */
  proposalThreshold: bigint
  /** Who may pause; the zero address for nobody. */
  guardian: Address
  /** When the latest pause ends or ended, unix seconds. */
  pausedUntil: bigint
  /** When the guardian may pause again, unix seconds. */
  pausableAt: bigint
}

/** Who governs a ledger, by what the chain says: the owner of Parameters, and the governor that it obeys. @throws OpenLedgerError CALL_FAILED when the owner is no timelock */
export async function readGovernance(reader: LedgerReader): Promise<Governance> {
  return readLedger(reader, 'governance', async (client) => {
    const parameters = { address: reader.addresses.parameters, abi: parametersAbi } as const
    const [timelock, guardian, pausedUntil, pausableAt] = await Promise.all([
      client.readContract({ ...parameters, functionName: 'owner' }),
      client.readContract({ ...parameters, functionName: 'guardian' }),
      client.readContract({ ...parameters, functionName: 'pausedUntil' }),
      client.readContract({ ...parameters, functionName: 'pausableAt' }),
    ])
    const [governor, timelockDelay] = await Promise.all([
      client.readContract({ address: timelock, abi: timelockAbi, functionName: 'governor' }),
      client.readContract({ address: timelock, abi: timelockAbi, functionName: 'getMinDelay' }),
    ])
    const votes = { address: governor, abi: ledgerGovernorAbi } as const
    const [votingDelay, votingPeriod, proposalThreshold] = await Promise.all([
      client.readContract({ ...votes, functionName: 'votingDelay' }),
      client.readContract({ ...votes, functionName: 'votingPeriod' }),
      client.readContract({ ...votes, functionName: 'proposalThreshold' }),
    ])
    return { timelock, governor, timelockDelay, votingDelay, votingPeriod, proposalThreshold, guardian, pausedUntil, pausableAt }
  })
}
