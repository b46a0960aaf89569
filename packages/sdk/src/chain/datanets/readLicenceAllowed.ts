import { datanetsAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** Whether a datanet's terms let an adapter be passed on under a licence (SPDX identifier). */
export async function readLicenceAllowed(reader: LedgerReader, datanetId: bigint, licence: string): Promise<boolean> {
  return readLedger(reader, 'licence', (client) =>
    client.readContract({ address: reader.addresses.datanets, abi: datanetsAbi, functionName: 'isLicenceAllowed', args: [datanetId, licence] }),
  )
}
