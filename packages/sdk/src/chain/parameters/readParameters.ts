import type { Address } from 'viem'
import { parametersAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** The tunable values of a ledger: times in seconds, amounts in the smallest unit. */
export type LedgerParameters = {
  disputeWindow: number
  channelThaw: number
  /** At least the dispute window. */
  stakeThaw: number
  minimumStake: bigint
  deploymentFee: bigint
  /** What the treasury gets of each answer. */
  platformFee: bigint
  /** What an accuser puts down. */
  challengeDeposit: bigint
  treasury: Address
}

/** The values in force. */
export async function readParameters(reader: LedgerReader): Promise<LedgerParameters> {
  return readLedger(reader, 'parameters', (client) =>
    client.readContract({ address: reader.addresses.parameters, abi: parametersAbi, functionName: 'values' }),
  )
}
