import { fail, keccak, receiptCriterion, signStatement, statementDomain, toHex, utf8, zeroHash, type Guarantee, type GuaranteeFile, type Hex } from '@openledger/protocol'
import { findAgents } from '@openledger/sdk'
import { zeroAddress, type Address } from 'viem'
import { askChain } from '../context/askChain.ts'
import type { Session } from '../context/Session.ts'
import { chooseModel } from '../verbs/chooseModel.ts'
import { GuaranteeBook, guaranteeIdOf } from './GuaranteeBook.ts'

/** What a delivery must be: an answer of a model that the agent paid for, content of a hash, or what the client signs for. */
export type Verification = { answerOf: string | undefined } | { contentHash: Hex } | { client: true }

export type PromiseInput = {
  /** The name of the agent's key. */
  agent: string
  /** The client: a key's name or an address. */
  client: string
  task: string
  /** Smallest unit of OPEN. */
  reward: bigint
  penalty: bigint
  /** How long the client can accept, and how long after that the agent has to deliver, seconds. */
  acceptSeconds: number
  deliverSeconds: number
  verification: Verification
}

export type Promised = { guaranteeId: Hex; file: GuaranteeFile }

type Terms = Pick<GuaranteeFile, 'receiptTerms'> & { verifier: Address; criterion: Hex }

async function termsOf({ node, network }: Session, verification: Verification): Promise<Terms> {
  const { hashVerifier, clientVerifier, receiptVerifier } = network.contracts
  if ('contentHash' in verification) return { verifier: hashVerifier, criterion: verification.contentHash, receiptTerms: null }
  if ('client' in verification) return { verifier: clientVerifier, criterion: zeroHash, receiptTerms: null }
  const name = verification.answerOf ?? (await chooseModel({ node }))
  const offer = (await node.deployments()).find((d) => d.model === name && d.active)
  if (!offer) return fail('MODEL_NOT_FOUND', `this node does not serve ${name}`, { field: '--model', fix: 'name a model that openledger status shows' })
  const { gateway } = await node.status()
  const receiptTerms = { modelId: offer.adapterId, requestHash: zeroHash, gateway: gateway ?? zeroAddress, opened: true }
  return { verifier: receiptVerifier, criterion: receiptCriterion(receiptTerms), receiptTerms }
}

/** Now by the later of the chain's last block and this machine's clock, Unix seconds: a chain that makes blocks on demand stands still in between. */
async function chainTime(session: Session): Promise<bigint> {
  const { timestamp } = await askChain(session.reader, 'time', (client) => client.getBlock())
  const clock = BigInt(Math.floor(Date.now() / 1000))
  return timestamp > clock ? timestamp : clock
}

/**
 * Signs an agent's promise: the task done by a deadline, or the penalty is the client's. Nothing is sent; the client accepts it.
 * @throws InputError NOT_REGISTERED, MODEL_NOT_FOUND, NO_KEY
 */
export async function promise(session: Session, input: PromiseInput): Promise<Promised> {
  const { account } = await session.actor(input.agent)
  const [agentId] = await findAgents(session.reader, account.address)
  if (agentId === undefined) fail('NOT_REGISTERED', `the key "${input.agent}" has no agent`, { fix: `register it with: openledger agent register --as ${input.agent}` })
  const { receiptTerms, ...terms } = await termsOf(session, input.verification)
  const acceptBy = (await chainTime(session)) + BigInt(input.acceptSeconds)
  const statement: Guarantee = {
    agentId,
    agent: account.address,
    client: await session.keys.address(input.client),
    taskHash: keccak(utf8(input.task)),
    reward: input.reward,
    penalty: input.penalty,
    acceptBy,
    deadline: acceptBy + BigInt(input.deliverSeconds),
    ...terms,
    nonce: BigInt(toHex(session.random(16))),
  }
  const { chainId, contracts } = session.network
  const domain = { chainId, verifyingContract: contracts.guarantees }
  const signature = await signStatement(account, statementDomain(chainId, contracts.guarantees), 'Guarantee', statement)
  const file: GuaranteeFile = { kind: 'openledger/guarantee/1', domain, guarantee: { statement, signature }, task: input.task, receiptTerms }
  await new GuaranteeBook(session.folder.guarantees).keep(file)
  return { guaranteeId: guaranteeIdOf(file), file }
}
