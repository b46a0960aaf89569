import type { Address } from 'viem'
import { datanetsAbi, type ConsentTerms, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

export type DatanetState = {
  owner: Address
  openToContributors: boolean
  openToBuilders: boolean
  snapshotCount: bigint
  /** What every contribution grants at least. */
  consent: ConsentTerms
  /** Between the mark of a revoked record and the freeze of the adapters that were trained on it. */
  graceSeconds: number
  /** Names the document that says the terms in words. */
  termsHash: Hex
  pendingOwner: Address
  metadataHash: Hex
  /** Zero before the first seal. */
  latestSnapshot: Hex
}

/** A datanet's state; fails with UNKNOWN_DATANET. */
export async function readDatanet(reader: LedgerReader, datanetId: bigint): Promise<DatanetState> {
  const state = await readLedger(reader, 'datanet', (client) =>
    client.readContract({ address: reader.addresses.datanets, abi: datanetsAbi, functionName: 'getDatanet', args: [datanetId] }),
  )
  return { ...state, consent: state.consent as ConsentTerms }
}
