import type { Address } from 'viem'
import { reputationRegistryAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** The mean of what clients gave, weighted by what they paid: `value` with `decimals` decimals, over `count` feedbacks. */
export type Reputation = { count: bigint; value: bigint; decimals: number }

/** What clients say of an agent. @param clients whose feedback counts; default everybody who ever gave some, strangers who paid themselves among them */
export async function readReputation(reader: LedgerReader, agentId: bigint, clients?: readonly Address[]): Promise<Reputation> {
  const contract = { address: reader.addresses.reputationRegistry, abi: reputationRegistryAbi } as const
  return readLedger(reader, 'reputation', async (client) => {
    const among = clients ?? (await client.readContract({ ...contract, functionName: 'getClients', args: [agentId] }))
    if (among.length === 0) return { count: 0n, value: 0n, decimals: 0 }
    const [count, value, decimals] = await client.readContract({ ...contract, functionName: 'getSummary', args: [agentId, among, '', ''] })
    return { count, value, decimals }
  })
}
