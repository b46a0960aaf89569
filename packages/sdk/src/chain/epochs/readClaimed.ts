import type { Address } from 'viem'
import { epochsAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** What a payee has claimed from a gateway in all, smallest unit. */
export async function readClaimed(reader: LedgerReader, gateway: Address, payee: Address): Promise<bigint> {
  return readLedger(reader, 'claimed amount', (client) =>
    client.readContract({ address: reader.addresses.epochs, abi: epochsAbi, functionName: 'claimed', args: [gateway, payee] }),
  )
}
