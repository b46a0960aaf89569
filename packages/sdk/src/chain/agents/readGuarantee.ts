import { guaranteesAbi, type Guarantee, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'
import { guaranteeStatuses, type GuaranteeStatus } from './GuaranteeStatus.ts'

export type GuaranteeState = {
  guarantee: Guarantee
  status: GuaranteeStatus
  /** Unix seconds. */
  acceptedAt: bigint
  /** Until when a verifier that is still to answer is waited for, Unix seconds; 0 before the delivery. */
  settleBy: bigint
}

/** A guarantee that was accepted; null for an unknown id. */
export async function readGuarantee(reader: LedgerReader, guaranteeId: Hex): Promise<GuaranteeState | null> {
  const { guarantee, status, acceptedAt, settleBy } = await readLedger(reader, 'guarantee', (client) =>
    client.readContract({ address: reader.addresses.guarantees, abi: guaranteesAbi, functionName: 'getGuarantee', args: [guaranteeId] }),
  )
  return status === 0 ? null : { guarantee, status: guaranteeStatuses[status] ?? 'unknown', acceptedAt, settleBy }
}
