import { datanetsAbi, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

export type CommitmentState = {
  /** Unix seconds. */
  time: bigint
  blockNumber: bigint
  order: bigint
}

/** When a contribution was committed; null when it was not. */
export async function readCommitment(reader: LedgerReader, datanetId: bigint, commitment: Hex): Promise<CommitmentState | null> {
  const state = await readLedger(reader, 'commitment', (client) =>
    client.readContract({ address: reader.addresses.datanets, abi: datanetsAbi, functionName: 'getCommitment', args: [datanetId, commitment] }),
  )
  return state.order === 0n ? null : state
}
