import { encodeFunctionData, parseEventLogs } from 'viem'
import { identityRegistryAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

/**
 * Registers the sender's agent in the identity registry (ERC-8004). The sender becomes its owner and its wallet.
 * @param agentUri where the registration file lies; empty when there is none yet
 * @returns the agent's id
 */
export async function registerAgent(writer: LedgerWriter, agentUri = ''): Promise<bigint> {
  const data = encodeFunctionData({ abi: identityRegistryAbi, functionName: 'register', args: [agentUri] })
  const { logs } = await sendCall(writer, { name: 'registration of an agent', to: writer.addresses.identityRegistry, data })
  return onlyEvent(parseEventLogs({ abi: identityRegistryAbi, eventName: 'Registered', logs }), 'Registered').args.agentId
}
