import type { Address } from 'viem'
import { epochsAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

export type GatewayAccount = {
  /** All that was ever collected for the gateway, smallest unit. */
  credited: bigint
  /** All that its payees have claimed. */
  paid: bigint
  /** The sum of the totals of its epochs that stand. */
  committed: bigint
  /** The index of its next epoch. */
  next: bigint
  /** When its last dispute window closes, unix seconds. */
  lastFinalAt: bigint
}

/** A gateway's account with Epochs; all zero for one that the chain has not seen. */
export async function readGatewayAccount(reader: LedgerReader, gateway: Address): Promise<GatewayAccount> {
  const contract = { address: reader.addresses.epochs, abi: epochsAbi, args: [gateway] } as const
  const [{ paid, committed, next, lastFinalAt }, credited] = await readLedger(reader, 'gateway account', (client) =>
    Promise.all([client.readContract({ ...contract, functionName: 'getAccount' }), client.readContract({ ...contract, functionName: 'credited' })]),
  )
  return { credited, committed, paid, next: BigInt(next), lastFinalAt: BigInt(lastFinalAt) }
}
