import type { Address } from 'viem'
import { epochsAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'
import { readStake } from '../stakes/readStake.ts'
import { readGatewayAccount } from './readGatewayAccount.ts'

/** What a gateway's bond covers, smallest unit. */
export type EpochCover = {
  bonded: bigint
  /** What its epochs promise and is not known to be final. */
  open: bigint
  /** What its epochs promise up to the last one that was shown to be final. */
  finalised: bigint
}

/** How much of a gateway's bond its open epochs take up: it can post `bonded − open` more. */
export async function readEpochCover(reader: LedgerReader, gateway: Address): Promise<EpochCover> {
  const [{ bonded }, { committed, paid }, finalised] = await Promise.all([
    readStake(reader, gateway, 'gateway'),
    readGatewayAccount(reader, gateway),
    readLedger(reader, 'final epochs', (client) => client.readContract({ address: reader.addresses.epochs, abi: epochsAbi, functionName: 'finalised', args: [gateway] })),
  ])
  return { bonded, finalised, open: committed - (paid > finalised ? paid : finalised) }
}
