import type { Address } from 'viem'
import { channelsAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** The address that authorised payments to a gateway go to: the till for prepaid answers, or the one for deposits. */
export async function readTill(reader: LedgerReader, gateway: Address, prepaid: boolean): Promise<Address> {
  return readLedger(reader, 'till', (client) =>
    client.readContract({ address: reader.addresses.channels, abi: channelsAbi, functionName: 'tillOf', args: [gateway, prepaid] }),
  )
}
