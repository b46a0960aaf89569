import { bondAgent, findAgents, readGuaranteeBalance, registerAgent } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Session } from '../context/Session.ts'

export type RegisterInput = {
  /** The name of the agent's key: its owner and wallet. */
  agent: string
  /** Where the registration file lies. */
  uri?: string
  /** What the agent's free bond is filled up to, smallest unit of OPEN. Default 0. */
  bond?: bigint
}

export type RegisteredAgent = { agentId: bigint; wallet: Address; isNew: boolean; /** What is free for penalties, smallest unit. */ balance: bigint }

/** Registers a key's agent and fills its bond up. Repeated, it changes nothing. @throws PaymentError NO_FUNDS */
export async function registerAgentKey(session: Session, { agent, uri = '', bond = 0n }: RegisterInput): Promise<RegisteredAgent> {
  const { account, writer } = await session.actor(agent)
  const [known] = await findAgents(writer, account.address)
  const agentId = known ?? (await registerAgent(writer, uri))
  const balance = await readGuaranteeBalance(writer, account.address)
  if (balance < bond) await bondAgent(writer, bond - balance)
  return { agentId, wallet: account.address, isNew: known === undefined, balance: balance < bond ? bond : balance }
}
