import type { ServedResult } from '@openledger/engine'
import { answerFee, fail, hashJson, nodeCommitment, samplingSeed, tokenHash, toJson, type Hex, type Json, type Network, type ReceiptBundle, type Sampling } from '@openledger/protocol'
import type { AnswerView } from '@openledger/sdk'
import type { Address } from 'viem'
import type { ChainAccess } from '../chain/ChainAccess.ts'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { ServedModel, ServedModels } from '../deployments/ServedModels.ts'
import type { Dispatcher } from '../dispatch/Dispatcher.ts'
import type { LoadedEngine } from '../engine/Engine.ts'
import type { Names } from '../keys/Names.ts'
import { randomHex } from '../keys/randomHex.ts'
import type { NodeMetrics } from '../metrics/NodeMetrics.ts'
import type { ChannelLedger } from '../payments/ChannelLedger.ts'
import type { AnswerRequest } from './AnswerRequest.ts'
import { answerView } from '../readout/answerView.ts'
import type { AnswerOrder, NodeAnswer } from '../worker/AnswerOrder.ts'
import { NodeSecrets } from './NodeSecrets.ts'
import type { ReceiptRecorder } from './ReceiptRecorder.ts'

export type AnswerPipelineParts = {
  network: Network
  chain: ChainAccess
  /** What splits texts into tokens. */
  serving: Pick<LoadedEngine, 'engine' | 'info'>
  models: ServedModels
  channels: ChannelLedger
  /** What has answers computed. */
  dispatcher: Pick<Dispatcher, 'answer'>
  receipts: ReceiptRecorder
  names: Names
  metrics: NodeMetrics
  clock: Clock
  log: Log
  /** 32 bytes that nobody can foresee: salts and secrets. Default the machine's. */
  randomHash?: () => Hex
  gateway: Address
  /** Tokens of an answer when the caller names no limit. */
  defaultMaxTokens: number
  /** Within how many seconds an answer must be attributed. */
  attributionSeconds: number
}

/** An answer with its receipt. */
export type Answer = { result: ServedResult; promptTokens: number; view: AnswerView; created: number }

type Prepared = { model: ServedModel; promptTokens: number[]; messages: Json; sampling: Sampling; salt: Hex; requestHash: Hex; clientNonce: Hex; nodeSecret: Hex; commitment: Hex; platformFee: bigint }
type Admitted = { request: AnswerRequest; prepared: Prepared; started: number; release: () => void }
const feeMs = 60_000

/** The way of an answer: tokens, admission, a node that computes it and signs its receipt, journal. Whose data shaped it is found after it has left. */
export class AnswerPipeline {
  readonly #parts: AnswerPipelineParts
  readonly secrets: NodeSecrets
  readonly #randomHash: () => Hex
  #platformFee: { at: number; fee: bigint } | undefined

  constructor(parts: AnswerPipelineParts) {
    this.#parts = parts
    this.#randomHash = parts.randomHash ?? (() => randomHex(32))
    this.secrets = new NodeSecrets(this.#randomHash)
  }

  /**
   * Answers one request. The promise resolves when the receipt is on the disk.
   * @throws InputError MODEL_NOT_FOUND, CONTEXT_LENGTH_EXCEEDED; PaymentError as ChannelLedger.reserve; errors as Dispatcher.answer and of the journal
   */
  async answer(request: AnswerRequest): Promise<Answer> {
    return this.#complete(await this.#admit(request))
  }

  /**
   * Answers several requests at once, each with a receipt of its own. None begins before the channel can pay for all of them.
   * @returns one promise per request; all fail when one is not admitted. Errors as `answer`
   */
  answerAll(requests: readonly AnswerRequest[]): Promise<Answer>[] {
    const admitted = this.#admitAll(requests)
    return requests.map(async (_, index) => this.#complete((await admitted)[index]!))
  }

  /** The most that `n` answers to a request can cost, smallest unit. Errors as `answer`, but for those of payment. */
  async quote(request: AnswerRequest, n: number): Promise<bigint> {
    const { model, promptTokens, maxTokens } = await this.#measure(request)
    return BigInt(n) * answerFee(model.deployment, { inputTokens: promptTokens.length, outputTokens: maxTokens }, await this.#fee())
  }

  async #admitAll(requests: readonly AnswerRequest[]): Promise<Admitted[]> {
    const admitted: Admitted[] = []
    try {
      for (const request of requests) admitted.push(await this.#admit(request))
      return admitted
    } catch (error) {
      for (const { release } of admitted) release()
      throw error
    }
  }

  async #admit(request: AnswerRequest): Promise<Admitted> {
    const { channels, clock } = this.#parts
    const started = clock.now()
    const prepared = await this.#prepare(request)
    const { model, promptTokens, sampling, platformFee } = prepared
    const maxFee = answerFee(model.deployment, { inputTokens: promptTokens.length, outputTokens: sampling.maxTokens }, platformFee)
    const { release } = await channels.reserve(request.payer.channelId, maxFee, request.payer.signer !== undefined || request.payer.prepaid === true)
    return { request, prepared, started, release }
  }

  async #complete({ request, prepared, started, release }: Admitted): Promise<Answer> {
    const { clock, metrics } = this.#parts
    const { model, promptTokens } = prepared
    try {
      const answer = await this.#generate(request, prepared)
      const generated = clock.now()
      let view: AnswerView | undefined
      try {
        view = await this.#record(request, prepared, answer)
      } finally {
        answer.close(view !== undefined)
      }
      const { result } = answer
      metrics.answered(model.name, { inputTokens: promptTokens.length, outputTokens: result.tokens.length, generateMs: generated - started, receiptMs: clock.now() - generated })
      return { result, promptTokens: promptTokens.length, view, created: Math.floor(started / 1000) }
    } finally {
      release()
    }
  }

  async #measure(request: AnswerRequest): Promise<{ model: ServedModel; prompt: AnswerRequest['prompt']; promptTokens: number[]; maxTokens: number }> {
    const { models, serving } = this.#parts
    const model = await models.find(request.model)
    const prompt = composed(request.prompt)
    const promptTokens = 'messages' in prompt ? (await serving.engine.encodeChat(prompt.messages)).tokens : await serving.engine.tokenize(prompt.text)
    return { model, prompt, promptTokens, maxTokens: this.#maxTokens(promptTokens.length, request.sampling.maxTokens) }
  }

  async #prepare(request: AnswerRequest): Promise<Prepared> {
    const { model, prompt, promptTokens, maxTokens } = await this.#measure(request)
    const salt = this.#randomHash()
    const requestHash = tokenHash(salt, promptTokens)
    const clientNonce = request.clientNonce ?? this.#randomHash()
    const nodeSecret = request.nodeSecret ?? (request.nodeCommitment === undefined ? this.#randomHash() : this.secrets.take(request.nodeCommitment))
    const commitment = nodeCommitment(nodeSecret)
    const sampling: Sampling = { ...request.sampling, maxTokens, seed: samplingSeed(clientNonce, commitment, requestHash) }
    // A conversation, or the plain text that was continued.
    const messages = 'messages' in prompt ? prompt.messages.map(({ role, content }) => ({ role, content })) : prompt.text
    return { model, promptTokens, messages, sampling, salt, requestHash, clientNonce, nodeSecret, commitment, platformFee: await this.#fee() }
  }

  #maxTokens(promptTokens: number, wanted: number | undefined): number {
    const { positions } = this.#parts.serving.info
    const room = positions - promptTokens
    if (room < 1 || (wanted !== undefined && wanted > room)) {
      fail('context_length_exceeded', `this model's context holds ${positions} tokens; the prompt has ${promptTokens}${wanted === undefined ? '' : ` and the answer may have ${wanted}`}`, {
        field: 'messages',
        fix: 'shorten the prompt or lower max_tokens',
      })
    }
    return wanted ?? Math.min(room, this.#parts.defaultMaxTokens)
  }

  async #generate(request: AnswerRequest, { model, promptTokens, sampling, salt, requestHash, clientNonce, commitment, platformFee }: Prepared): Promise<NodeAnswer> {
    const { dispatcher, serving, gateway, attributionSeconds, metrics } = this.#parts
    const stop = new AbortController()
    let begun = false
    const leave = (): void => {
      if (!begun) stop.abort()
    }
    request.signal?.addEventListener('abort', leave)
    if (request.signal?.aborted) leave()
    const watch = metrics.generation(model)
    try {
      const onToken: AnswerRequest['onToken'] = (token) => {
        begun = true
        watch.token()
        request.onToken?.(token)
      }
      const { deploymentId, deployment, signature: deploymentSignature, adapterId, manifest } = model
      const { logprobs, topLogprobs, payer, scheduling = {} } = request
      const order: AnswerOrder = {
        gateway,
        baseId: serving.info.id,
        channelId: payer.channelId,
        deploymentId,
        deployment,
        deploymentSignature,
        adapterId,
        manifest: manifest?.cid ?? null,
        promptTokens,
        salt,
        requestHash,
        sampling,
        samplingHash: hashJson(sampling),
        clientNonce,
        nodeCommitment: commitment,
        answered: [],
        logprobs,
        topLogprobs,
        scheduling,
        platformFee,
        attributionSeconds,
      }
      const answer = await dispatcher.answer(order, { onToken, signal: stop.signal })
      watch.end()
      return answer
    } catch (error) {
      watch.end(error)
      throw error
    } finally {
      request.signal?.removeEventListener('abort', leave)
    }
  }

  async #record(request: AnswerRequest, prepared: Prepared, answer: NodeAnswer): Promise<AnswerView> {
    const { network, receipts, channels, names, log } = this.#parts
    const { payer } = request
    const { model } = prepared
    const { receipt, shares, contributors, deadline } = answer
    const deposit = (await channels.onChain(payer.channelId))?.deposited ?? 0n
    const describe = await answerView({ network, node: receipt.statement.node, names, model, receipt: receipt.statement, shares, contributors, deadline })
    await receipts.record(receipt, {
      model: model.name,
      shares: shares.map((s) => ({ payee: s.payee, amount: s.amount.toString() })),
      bundle: toJson(this.#bundle(prepared, answer)),
      view: describe(receipt.id),
    })
    let account = channels.account(payer.channelId)
    if (payer.signer) account = await channels.signFor(payer.channelId, payer.signer).catch((error: unknown) => (log.warn('voucher.unsigned', errorFields(error)), account))
    const channel = { id: payer.channelId, spent: account.spent.toString(), vouchered: account.vouchered.toString(), deposit: deposit.toString() }
    return { channel, ...describe(receipt.id) }
  }

  #bundle({ model, ...prepared }: Prepared, { result, receipt, profile, deadline, contributors, shares }: NodeAnswer): ReceiptBundle {
    const { network } = this.#parts
    return {
      kind: 'openledger/receipt/1',
      domain: { chainId: network.chainId, verifyingContract: network.contracts.epochs },
      receipt: { statement: receipt.statement, signature: receipt.signature },
      ...(deadline === null ? {} : { attributionDeadline: deadline }),
      deployment: { statement: model.deployment, signature: model.signature },
      run: model.manifest?.cid ?? null,
      request: {
        salt: prepared.salt,
        messages: prepared.messages,
        promptTokens: prepared.promptTokens,
        sampling: prepared.sampling,
        clientNonce: prepared.clientNonce,
        nodeSecret: prepared.nodeSecret,
      },
      answer: { text: result.text, tokens: result.tokens, logitsHashes: result.logitsHashes, finishReason: result.finishReason, ...(result.tokensFrom === 'text' ? { tokensFrom: result.tokensFrom } : {}) },
      profile,
      attribution: null,
      queryVector: null,
      platformFee: prepared.platformFee,
      treasury: network.treasury,
      stakers: network.contracts.stakes,
      contributors,
      shares,
    }
  }

  async #fee(): Promise<bigint> {
    const { chain, clock, log } = this.#parts
    const known = this.#platformFee
    if (known && clock.now() - known.at < feeMs) return known.fee
    try {
      this.#platformFee = { at: clock.now(), fee: await chain.platformFee() }
    } catch (error) {
      if (!known) throw error
      log.warn('fee.unchecked', errorFields(error))
    }
    return this.#platformFee!.fee
  }
}

/** A prompt in Unicode's composed form, in which the receipt's bundle is written: its tokens must come from the same text. */
function composed(prompt: AnswerRequest['prompt']): AnswerRequest['prompt'] {
  if ('text' in prompt) return { text: prompt.text.normalize('NFC') }
  return { messages: prompt.messages.map(({ role, content }) => ({ role, content: content.normalize('NFC') })) }
}
