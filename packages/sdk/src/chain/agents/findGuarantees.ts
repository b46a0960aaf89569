import type { Address } from 'viem'
import { getContractEvents } from 'viem/actions'
import { guaranteesAbi, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** The ids of all guarantees of an agent or a client, in the order in which they were accepted. */
export async function findGuarantees(reader: LedgerReader, of: { agentId: bigint } | { client: Address }): Promise<Hex[]> {
  const { guarantees: address, deployBlock } = reader.addresses
  const events = await readLedger(reader, 'guarantees', (client) =>
    getContractEvents(client, { address, abi: guaranteesAbi, eventName: 'Accepted', args: of, fromBlock: BigInt(deployBlock), strict: true }),
  )
  return events.map(({ args }) => args.guaranteeId)
}
