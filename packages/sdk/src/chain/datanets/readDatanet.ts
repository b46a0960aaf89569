import type { Address } from 'viem'
import { datanetsAbi, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

export type DatanetState = {
  owner: Address
  openToContributors: boolean
  openToBuilders: boolean
  snapshotCount: bigint
  pendingOwner: Address
  metadataHash: Hex
  /** Zero before the first seal. */
  latestSnapshot: Hex
}

/** A datanet's state; fails with UNKNOWN_DATANET. */
export async function readDatanet(reader: LedgerReader, datanetId: bigint): Promise<DatanetState> {
  return readLedger(reader, 'datanet', (client) =>
    client.readContract({ address: reader.addresses.datanets, abi: datanetsAbi, functionName: 'getDatanet', args: [datanetId] }),
  )
}
