import { answerFee, fail, signStatement, statementDomain, tokenHash, type Hex, type Network, type ReceiptBundle } from '@openledger/protocol'
import type { LocalAccount } from 'viem'
import type { Clock } from '../../config/Clock.ts'
import type { SeededRandom } from '../time/seededRandom.ts'
import { truthOf } from './SimulatedEngine.ts'
import type { SimulatedGateway } from './SimulatedGateway.ts'

export type SimulatedClientParts = { clock: Clock; random: SeededRandom; network: Network; gateway: SimulatedGateway; account: LocalAccount; channelId: Hex; /** Never signs a voucher. */ keepsMoney: boolean; /** Part of answers after whose first token it goes away, or before. */ leaves: number }

/** What a client has seen of one answer. */
export type SeenAnswer = { streamed: number[]; receiptId: Hex | undefined; code: string | undefined }

/** A client: asks, notes what streams, pays. */
export class SimulatedClient {
  readonly seen: SeenAnswer[] = []
  readonly channelId: Hex
  readonly #parts: SimulatedClientParts

  constructor(parts: SimulatedClientParts) {
    this.#parts = parts
    this.channelId = parts.channelId
  }

  get keepsMoney(): boolean {
    return this.#parts.keepsMoney
  }

  /** Asks again and again until a time. @param until Unix milliseconds */
  async run(until: number): Promise<void> {
    const { clock, random } = this.#parts
    while (clock.now() < until) {
      await clock.sleep(random.exponential(1500))
      await this.#ask()
      if (!this.#parts.keepsMoney && random.chance(0.8)) await this.pay().catch(() => undefined)
    }
  }

  /** Signs for everything that it owes, after a look at the receipts. */
  async pay(): Promise<void> {
    const { gateway, account, network, channelId } = this.#parts
    const cumulative = await gateway.spent(channelId)
    const receipts = await gateway.receipts(channelId)
    if (receipts.reduce((sum, { receipt }) => sum + receipt.statement.fee, 0n) !== cumulative) fail('WRONG_TOTAL', 'the receipts do not add up to what is asked for')
    if (cumulative === 0n) return
    const signature = await signStatement(account, statementDomain(network.chainId, network.contracts.channels), 'Voucher', { channelId, cumulative })
    await gateway.pay({ channelId, cumulative, signature }).catch((error: { code?: string }) => {
      if (error.code !== 'VOUCHER_NOT_RISING') throw error as Error
    })
  }

  async #ask(): Promise<void> {
    const { gateway, random, channelId, leaves } = this.#parts
    const seen: SeenAnswer = { streamed: [], receiptId: undefined, code: undefined }
    this.seen.push(seen)
    const leaving = new AbortController()
    if (random.chance(leaves)) leaving.abort()
    try {
      const { view } = await gateway.answer({
        ...{ model: 'm', prompt: { text: `question ${random.whole(0, 1e6)}` }, clientNonce: random.hash(), nodeCommitment: undefined, logprobs: false, topLogprobs: 0, payer: { channelId } },
        sampling: { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, maxTokens: random.whole(6, 20), stop: [] },
        onToken: ({ token }) => seen.streamed.push(token),
        signal: leaving.signal,
      })
      seen.receiptId = view.receiptId
    } catch (error) {
      seen.code = (error as { code?: string }).code ?? (error as Error).message
    }
  }
}

/** Why a receipt is not what its answer is worth; undefined when it is. Whether its tokens are the right ones is a matter of audits. */
export function findWrong({ receipt, request, answer, deployment, platformFee }: ReceiptBundle): string | undefined {
  const { statement } = receipt
  if (statement.outputHash !== tokenHash(request.salt, answer.tokens) || statement.outputTokens !== answer.tokens.length) return 'the receipt is of another answer'
  const fee = answerFee(deployment.statement, { inputTokens: request.promptTokens.length, outputTokens: answer.tokens.length }, platformFee)
  return statement.fee === fee ? undefined : 'the fee is not that of the answer'
}

/** Whether a receipt's answer is the one that every honest node computes. */
export function isTrue({ request, answer }: ReceiptBundle): boolean {
  const truth = truthOf({ promptTokens: request.promptTokens, sampling: request.sampling })
  return truth.length === answer.tokens.length && truth.every((token, index) => token === answer.tokens[index])
}
