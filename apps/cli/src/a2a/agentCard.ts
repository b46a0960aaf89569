import { A2A_PROTOCOL_VERSION, type AgentCard } from '@a2a-js/sdk'
import { fail, type Network } from '@openledger/protocol'
import { readAgent, readGuaranteeBalance, readReputation, type LedgerReader } from '@openledger/sdk'

/** The identity of ERC-8004, as an extension of the card. */
export const identityExtension = 'https://eips.ethereum.org/EIPS/eip-8004'
/** The bond, the record and the terms of this ledger's guarantees; also the key of what a client says about itself in a message. */
export const guaranteeExtension = 'urn:openledger:guarantees:1'

export type AgentTerms = {
  /** The number of the agent in the identity registry. */
  agentId: bigint
  name: string
  description: string
  version: string
  /** Where the agent is called. */
  url: string
  /** What every task pays, and what a broken promise costs, smallest unit of OPEN. */
  reward: bigint
  penalty: bigint
}

/** The agent's number in its registry, by CAIP-10. */
export const registryOf = ({ chainId, contracts }: Network): string => `eip155:${chainId}:${contracts.identityRegistry}`

/**
 * The A2A card of a bonded agent, with its identity, its free bond and its record as the chain has them now.
 * @throws InputError UNKNOWN_AGENT
 */
export async function agentCard(reader: LedgerReader, network: Network, { agentId, name, description, version, url, reward, penalty }: AgentTerms): Promise<AgentCard> {
  const agent = (await readAgent(reader, agentId)) ?? fail('UNKNOWN_AGENT', `there is no agent ${agentId}`, { fix: 'register it with: openledger agent register' })
  const [bond, reputation] = await Promise.all([readGuaranteeBalance(reader, agent.wallet), readReputation(reader, agentId)])
  const { kept, broken, undecided, earned, forfeited } = agent.record
  const text = 'text/plain'
  return {
    ...{ name, description, version, provider: undefined, securitySchemes: {}, securityRequirements: [], signatures: [] },
    supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', tenant: '', protocolVersion: A2A_PROTOCOL_VERSION }],
    capabilities: {
      streaming: false,
      pushNotifications: false,
      extensions: [
        { uri: identityExtension, description: 'The agent in the identity registry of ERC-8004.', required: false, params: { agentRegistry: registryOf(network), agentId: Number(agentId), wallet: agent.wallet } },
        {
          uri: guaranteeExtension,
          description: 'Each task begins with a signed promise: the client names its address, accepts the promise on the chain and comes again; if the deadline passes without a delivery, reward and penalty are the client’s.',
          required: true,
          params: {
            ...{ guarantees: `eip155:${network.chainId}:${network.contracts.guarantees}`, bond: bond.toString(), reward: reward.toString(), penalty: penalty.toString() },
            record: { kept, broken, undecided, earned: earned.toString(), forfeited: forfeited.toString() },
            reputation: { count: reputation.count.toString(), value: reputation.value.toString(), decimals: reputation.decimals },
          },
        },
      ],
    },
    ...{ defaultInputModes: [text], defaultOutputModes: [text, 'application/json'] },
    skills: [{ id: 'answer', name: 'Answer a question', description: 'Buys an answer of a model of OpenLedger and delivers it with its receipt, which the chain verifies.', tags: ['question', 'receipt'], examples: ['What is a datanet?'], inputModes: [text], outputModes: [text, 'application/json'], securityRequirements: [] }],
  }
}

/** The registration file of ERC-8004, to which the agent's token URI points. */
export function registrationFile(network: Network, { agentId, name, description, url }: AgentTerms): object {
  return {
    type: 'https://eips.ethereum.org/EIPS/eip-8004#registration-v1',
    ...{ name, description },
    services: [{ name: 'A2A', endpoint: new URL('/.well-known/agent-card.json', url).href, version: A2A_PROTOCOL_VERSION }],
    registrations: [{ agentId: Number(agentId), agentRegistry: registryOf(network) }],
    supportedTrust: ['reputation', 'crypto-economic'],
  }
}
