import { isAddressEqual, type Address } from 'viem'
import { getContractEvents } from 'viem/actions'
import { identityRegistryAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'
import { readAgent } from './readAgent.ts'

/** The ids of the agents whose wallet is an account, in the order of their registration; only those that it registered itself. */
export async function findAgents(reader: LedgerReader, wallet: Address): Promise<bigint[]> {
  const { identityRegistry: address, deployBlock } = reader.addresses
  const events = await readLedger(reader, 'agents', (client) =>
    getContractEvents(client, { address, abi: identityRegistryAbi, eventName: 'Registered', args: { owner: wallet }, fromBlock: BigInt(deployBlock), strict: true }),
  )
  const ids: bigint[] = []
  for (const { args } of events) {
    const agent = await readAgent(reader, args.agentId)
    if (agent && isAddressEqual(agent.wallet, wallet)) ids.push(args.agentId)
  }
  return ids
}
