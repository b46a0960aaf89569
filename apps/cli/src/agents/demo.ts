import { fail, keccak, utf8, type Hex } from '@openledger/protocol'
import { rateGuarantee, readGuaranteeBalance, withdrawGuaranteeBalance } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { ask } from '../verbs/ask.ts'
import { ensureFunds } from '../verbs/ensureFunds.ts'
import { settle } from '../verbs/settle.ts'
import { accept } from './accept.ts'
import { deliver } from './deliver.ts'
import { endGuarantee } from './endGuarantee.ts'
import { promise } from './promise.ts'
import { registerAgentKey } from './registerAgentKey.ts'

export type DemoInput = {
  task: string
  /** Default: the latest model. */
  model?: string
  /** Who gives the agents and the client OPEN for gas, bonds and rewards. */
  funder: string
  /** Smallest unit of OPEN. */
  reward: bigint
  penalty: bigint
  /** What the agent puts into its channel for answers. */
  deposit: bigint
  /** How long the first agent has, and the one that does nothing, seconds. */
  deliverSeconds: number
  idleSeconds: number
  onNote: (text: string) => void
}

export type Demo = {
  kept: { guaranteeId: Hex; agentId: bigint; receiptId: Hex; answer: string; /** What the agent was paid for it. */ earned: bigint }
  broken: { guaranteeId: Hex; agentId: bigint; /** What the client got: its reward back and the penalty. */ paid: bigint }
}

const keys = { keen: 'agent-keen', idle: 'agent-idle', client: 'agent-client' } as const

async function prepare(session: Session, input: DemoInput): Promise<{ keen: bigint; idle: bigint }> {
  for (const name of Object.values(keys)) await ensureFunds(session, (await session.keys.ensure(name)).address, input.funder)
  const keen = await registerAgentKey(session, { agent: keys.keen, bond: input.penalty })
  const idle = await registerAgentKey(session, { agent: keys.idle, bond: input.penalty })
  input.onNote(`agents ${keen.agentId} and ${idle.agentId} are registered and bonded`)
  return { keen: keen.agentId, idle: idle.agentId }
}

async function keep(session: Session, input: DemoInput, agentId: bigint): Promise<Demo['kept']> {
  const { task, reward, penalty, deposit, onNote } = input
  const offer = { agent: keys.keen, client: keys.client, task, reward, penalty, acceptSeconds: 60, deliverSeconds: input.deliverSeconds }
  const { guaranteeId, file } = await promise(session, { ...offer, verification: { answerOf: input.model } })
  await accept(session, keys.client, file)
  onNote(`agent ${agentId} promised an answer; the client accepted and paid the reward in`)
  const { receiptId, text } = await ask(session, { model: input.model, question: task, payer: keys.keen, maxTokens: 32, temperature: 0, deposit })
  await settle(session)
  onNote(`it bought the answer, and its receipt ${receiptId.slice(0, 10)} is in an epoch`)
  const { status } = await deliver(session, { agent: keys.keen, guaranteeId, delivery: { receipt: receiptId } })
  if (status !== 'kept') fail('NOT_KEPT', `the guarantee is ${status}, not kept`, { action: 'stop', fix: 'look at it with: openledger agent show' })
  const { account, writer } = await session.actor(keys.keen)
  const client = await session.actor(keys.client)
  await rateGuarantee(client.writer, guaranteeId, { value: 100n })
  const earned = (await readGuaranteeBalance(session.reader, account.address)) - penalty
  await withdrawGuaranteeBalance(writer, account.address)
  onNote('it delivered the anchored receipt, was paid, and the client rated it')
  return { guaranteeId, agentId, receiptId, answer: text, earned }
}

async function fall(session: Session, input: DemoInput, agentId: bigint): Promise<Demo['broken']> {
  const offer = { agent: keys.idle, client: keys.client, task: input.task, reward: input.reward, penalty: input.penalty, acceptSeconds: Math.ceil(input.idleSeconds / 2), deliverSeconds: Math.floor(input.idleSeconds / 2) }
  const { guaranteeId, file } = await promise(session, { ...offer, verification: { contentHash: keccak(utf8('what it never finds')) } })
  await accept(session, keys.client, file)
  input.onNote(`agent ${agentId} promised too, and does nothing`)
  const { status, paid } = await endGuarantee(session, { guaranteeId, sender: input.funder, timeoutMs: 1000 * (input.idleSeconds + 60) })
  if (status !== 'broken') fail('NOT_BROKEN', `the guarantee is ${status}, not broken`, { action: 'stop', fix: 'look at it with: openledger agent show' })
  input.onNote('its deadline passed: the penalty and the reward went to the client')
  return { guaranteeId, agentId, paid }
}

/** Plays two agents against the running network: one that buys an answer, delivers its anchored receipt and is paid, and one that fails and pays. */
export async function demo(session: Session, input: DemoInput): Promise<Demo> {
  const { keen, idle } = await prepare(session, input)
  const kept = await keep(session, input, keen)
  const broken = await fall(session, input, idle)
  return { kept, broken }
}
