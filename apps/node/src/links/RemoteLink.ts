import type { ServedResult } from '@openledger/engine'
import { hasLogitsHashes, possessionSchema, readArtefact, signed, signStatement, statementDomain, toJson, tokenHash, verifyStatement, type Challenge, type Hex, type Json, type Network, type Order } from '@openledger/protocol'
import { isAddressEqual, type Address, type LocalAccount } from 'viem'
import type { TrainingWeights } from '../deployments/TrainingWeights.ts'
import { errorOf, readAnswerEvent, type AnswerEnd } from '../wire/answerEvents.ts'
import { LinkFault } from '../wire/LinkFault.ts'
import { orderMs } from '../wire/timeBounds.ts'
import { writeOrder } from '../wire/orderEnvelope.ts'
import type { AnswerOrder, NodeAnswer, OrderOptions } from '../worker/AnswerOrder.ts'
import { AnswerText, type PieceOf } from './AnswerText.ts'
import { checkReceipt } from './checkReceipt.ts'
import type { Http2Connection } from './Http2Connection.ts'
import type { NodeLink } from './NodeLink.ts'

export type RemoteLinkParts = {
  network: Network
  node: Address
  baseId: Hex
  /** What the node announced, with the profile behind its hash. */
  session: Hex
  profile: Json
  profileHash: Hex
  /** The gateway's key. */
  account: LocalAccount
  connection: Pick<Http2Connection, 'order' | 'post' | 'close'>
  weights: TrainingWeights
  /** The bytes of each token of the base. */
  pieceOf: () => Promise<PieceOf>
  /** Where the nonces of its orders begin: at random, since the node's session may outlive this link. */
  firstNonce: bigint
  /** Keeps a nonce of the node for the receipt that came with it, as ReceiptRecorder.claim: no epoch can hold two. */
  claim: (nonce: bigint) => Promise<(() => void) | undefined>
  patience?: NonNullable<NodeLink['patience']>
  /** Unix milliseconds. */
  now: () => number
}

const defaultPatience = { firstTokenMs: 30_000, nextTokenMs: 10_000 }
const signedPossession = signed(possessionSchema)

/** The way to a node elsewhere. Orders are signed; nothing that comes back is believed: text is made here, and the receipt is made once more. */
export class RemoteLink implements NodeLink {
  readonly patience: NonNullable<NodeLink['patience']>
  readonly #parts: RemoteLinkParts
  #nonce: bigint

  constructor(parts: RemoteLinkParts) {
    this.#parts = parts
    this.patience = parts.patience ?? defaultPatience
    this.#nonce = parts.firstNonce
  }

  get node(): Address {
    return this.#parts.node
  }

  /** Whether its profile says that any node of it gives the same tokens. */
  get exactReplay(): boolean {
    const { profile } = this.#parts
    if (typeof profile !== 'object' || profile === null) return false
    const { exactReplay, batchInvariant } = profile as { exactReplay?: unknown; batchInvariant?: unknown }
    return exactReplay !== false && batchInvariant === true
  }

  async answer(order: AnswerOrder, { onToken, signal }: OrderOptions): Promise<NodeAnswer> {
    const text = new AnswerText(order.sampling.stop, await this.#parts.pieceOf(), order.answered)
    const tokens = [...order.answered]
    const seen: { end?: AnswerEnd } = {}
    const take = (line: string): boolean => {
      const event = readAnswerEvent(line)
      if ('error' in event) throw errorOf(event.error)
      if ('refused' in event) throw new LinkFault('ORDER_REFUSED', `the node refused the order: ${event.refused.code}: ${event.refused.message.slice(0, 300)}`)
      if ('end' in event) {
        seen.end = event.end
        return false
      }
      const { token, logprob, top = [] } = event
      if (tokens.length >= order.sampling.maxTokens || text.stopped) throw new LinkFault('ANSWER_TOO_LONG', 'the node goes on after the end of the answer')
      tokens.push(token)
      onToken({ token, text: text.push(token), logprob: logprob ?? NaN, top: top.map((t) => ({ ...t, logprob: t.logprob ?? NaN })) })
      return true
    }
    await this.#parts.connection.order(JSON.stringify(await this.#sign(order)), take, signal)
    if (!seen.end) throw new LinkFault('ANSWER_CUT', 'the answer of the node has no end')
    return this.#seal(order, seen.end, { tokens, text })
  }

  /** What the node answers to a challenge to show the base's file. @throws LinkFault; ProofError BAD_SIGNATURE */
  async challenge(challenge: Hex, signal: AbortSignal): Promise<Hex> {
    const { network, node, baseId, account, connection, now } = this.#parts
    const domain = statementDomain(network.chainId, network.contracts.stakes)
    const asked: Challenge = { gateway: account.address, node, challenge, time: BigInt(now()) }
    const body = JSON.stringify(toJson({ statement: asked, signature: await signStatement(account, domain, 'Challenge', asked) }))
    const { status, body: reply } = await connection.post('/possession', body, signal)
    if (status !== 200) throw new LinkFault('NO_POSSESSION', `the node answered its challenge with status ${status}`)
    const { statement, signature } = readArtefact(signedPossession, reply)
    await verifyStatement(domain, 'Possession', statement, signature, node)
    const fits = isAddressEqual(statement.node, node) && isAddressEqual(statement.gateway, account.address) && statement.baseId === baseId && statement.challenge === challenge
    if (!fits) throw new LinkFault('NO_POSSESSION', 'the node answered another challenge')
    return statement.proof
  }

  close(): void {
    this.#parts.connection.close()
  }

  async #sign(order: AnswerOrder): Promise<Json> {
    const { network, node, session, account, now } = this.#parts
    this.#nonce += 1n
    const statement: Order = {
      gateway: account.address,
      node,
      session,
      channelId: order.channelId,
      deploymentId: order.deploymentId,
      requestHash: order.requestHash,
      samplingHash: order.samplingHash,
      answeredHash: tokenHash(order.salt, order.answered),
      platformFee: order.platformFee,
      attributionSeconds: order.attributionSeconds,
      expiresAt: BigInt(now() + orderMs),
      nonce: this.#nonce,
    }
    return writeOrder(statement, await signStatement(account, statementDomain(network.chainId, network.contracts.stakes), 'Order', statement), order)
  }

  async #seal(order: AnswerOrder, end: AnswerEnd, { tokens, text }: { tokens: readonly number[]; text: AnswerText }): Promise<NodeAnswer> {
    const { network, node, profileHash, profile, weights, now } = this.#parts
    const { logitsHashes, finishReason, receipt, deadline } = end
    const wrong = (message: string): never => {
      throw new LinkFault('WRONG_RECEIPT', message, { action: 'stop', status: 502 })
    }
    if (end.tokens.length !== tokens.length || end.tokens.some((token, index) => token !== tokens[index])) wrong('the tokens at the end are not those that were streamed')
    if (logitsHashes.length !== (hasLogitsHashes(profile) ? tokens.length : 0)) wrong('the answer does not have the logits hash of each token')
    if (finishReason === 'length' ? tokens.length < order.sampling.maxTokens || text.stopped : false) wrong('the answer ends before its length')
    const stopped = text.stopped
    const result: ServedResult = {
      tokens: [...tokens],
      text: text.finish(),
      logitsHashes,
      promptTokens: order.promptTokens.length,
      finishReason: stopped ? 'stop' : finishReason,
      logprobs: end.logprobs.map((value) => value ?? NaN),
      top: end.top.map((list) => list.map((t) => ({ ...t, logprob: t.logprob ?? NaN }))),
    }
    const facts = order.manifest === null ? null : await weights.of(order.manifest)
    const { id, shares, contributors } = await checkReceipt({ network, node, order, profileHash, result, facts, receipt, deadline, now: Math.floor(now() / 1000) })
    const release = await this.#parts.claim(receipt.statement.nonce)
    if (!release) throw new LinkFault('NONCE_REPEATED', `the node has used the nonce ${receipt.statement.nonce} for another receipt`, { action: 'stop', status: 502 })
    return { result, profile, receipt: { id, ...receipt }, shares, contributors, deadline, close: (recorded) => (recorded ? undefined : release()) }
  }
}
