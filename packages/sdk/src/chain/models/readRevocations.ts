import { modelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** What became of the consent behind an adapter. */
export type Revocations = {
  /** How many records of its snapshots were shown to be revoked; a record in two snapshots counts twice. */
  revokedRecords: number
  /** From when on its answers may not be sold any more, Unix seconds; 0 while nothing freezes it. */
  freezeAt: number
}

/** The revocations that an adapter is marked with; both 0 for an unknown adapter or a bare base. */
export async function readRevocations(reader: LedgerReader, adapterId: Hex): Promise<Revocations> {
  return readLedger(reader, 'revocations', (client) =>
    client.readContract({ address: reader.addresses.models, abi: modelsAbi, functionName: 'revocationsOf', args: [adapterId] }),
  )
}

/** Whether an adapter's answers may not be sold at a time (Unix seconds). */
export const isFrozen = ({ freezeAt }: Pick<Revocations, 'freezeAt'>, time: number): boolean => freezeAt !== 0 && time >= freezeAt
