import type { Address } from 'viem'
import { guaranteesAbi, identityRegistryAbi, OpenLedgerError } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

export type AgentState = {
  agentId: bigint
  owner: Address
  /** Who signs and is paid for the agent; the zero address after a transfer, until the new owner sets one. */
  wallet: Address
  /** Where the registration file lies; empty when there is none. */
  uri: string
  /** How the agent's guarantees ended; amounts in the smallest unit of OPEN. */
  record: { kept: number; broken: number; undecided: number; earned: bigint; forfeited: bigint }
}

/** A registered agent and its record; null for an unknown id. */
export async function readAgent(reader: LedgerReader, agentId: bigint): Promise<AgentState | null> {
  const registry = { address: reader.addresses.identityRegistry, abi: identityRegistryAbi, args: [agentId] } as const
  try {
    const [owner, wallet, uri, record] = await readLedger(reader, 'agent', (client) =>
      Promise.all([
        client.readContract({ ...registry, functionName: 'ownerOf' }),
        client.readContract({ ...registry, functionName: 'getAgentWallet' }),
        client.readContract({ ...registry, functionName: 'tokenURI' }),
        client.readContract({ address: reader.addresses.guarantees, abi: guaranteesAbi, functionName: 'getRecord', args: [agentId] }),
      ]),
    )
    return { agentId, owner, wallet, uri, record }
  } catch (error) {
    if (error instanceof OpenLedgerError && error.code === 'ERC721_NONEXISTENT_TOKEN') return null
    throw error
  }
}
