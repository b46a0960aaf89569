import { randomBytes } from 'node:crypto'
import type { ContentStore } from '@openledger/datanet'
import type { ServedResult } from '@openledger/engine'
import { answerFee, fail, nodeCommitment, samplingSeed, tokenHash, toHex, toJson, type Hex, type Json, type Network, type ReceiptBundle, type Sampling, type Share } from '@openledger/protocol'
import type { AnswerView } from '@openledger/sdk'
import type { Address } from 'viem'
import type { ChainAccess } from '../chain/ChainAccess.ts'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { ServedModel, ServedModels } from '../deployments/ServedModels.ts'
import type { LoadedEngine } from '../engine/Engine.ts'
import type { Names } from '../keys/Names.ts'
import type { NodeMetrics } from '../metrics/NodeMetrics.ts'
import type { ChannelLedger } from '../payments/ChannelLedger.ts'
import type { AnswerRequest } from './AnswerRequest.ts'
import { answerView } from '../readout/answerView.ts'
import type { ReadoutPlace, ReadoutQueue } from '../readout/ReadoutQueue.ts'
import { buildReceipt } from './buildReceipt.ts'
import { NodeSecrets } from './NodeSecrets.ts'
import { openAttribution, type OpenedAttribution } from './openAttribution.ts'
import type { ReceiptIssuer } from './ReceiptIssuer.ts'

export type AnswerPipelineParts = {
  network: Network
  chain: ChainAccess
  content: ContentStore
  serving: LoadedEngine
  models: ServedModels
  channels: ChannelLedger
  receipts: ReceiptIssuer
  readouts: ReadoutQueue
  names: Names
  metrics: NodeMetrics
  clock: Clock
  log: Log
  node: Address
  gateway: Address
  /** Tokens of an answer when the caller names no limit. */
  defaultMaxTokens: number
  /** Within how many seconds an answer must be attributed. */
  attributionSeconds: number
}

/** An answer with its receipt. */
export type Answer = { result: ServedResult; promptTokens: number; view: AnswerView; created: number }

type Prepared = { model: ServedModel; promptTokens: number[]; messages: Json; sampling: Sampling; salt: Hex; requestHash: Hex; clientNonce: Hex; nodeSecret: Hex; platformFee: bigint }
type Admitted = { request: AnswerRequest; prepared: Prepared; started: number; place: ReadoutPlace | null; release: () => void }
const feeMs = 60_000

/** The way of an answer: tokens, admission, generation, receipt, journal. Whose data shaped it is found after it has left. */
export class AnswerPipeline {
  readonly #parts: AnswerPipelineParts
  readonly secrets = new NodeSecrets()
  #platformFee: { at: number; fee: bigint } | undefined

  constructor(parts: AnswerPipelineParts) {
    this.#parts = parts
  }

  /**
   * Answers one request. The promise resolves when the receipt is on the disk.
   * @throws InputError MODEL_NOT_FOUND, CONTEXT_LENGTH_EXCEEDED; PaymentError as ChannelLedger.reserve; UnavailableError ATTRIBUTION_BEHIND; errors of the engine and the journal
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
    const { channels, clock, readouts } = this.#parts
    const started = clock.now()
    const prepared = await this.#prepare(request)
    const { model, promptTokens, sampling, platformFee } = prepared
    const maxFee = answerFee(model.deployment, { inputTokens: promptTokens.length, outputTokens: sampling.maxTokens }, platformFee)
    const place = model.adapterId ? readouts.reserve() : null
    try {
      const reservation = await channels.reserve(request.payer.channelId, maxFee, request.payer.signer !== undefined || request.payer.prepaid === true)
      const release = (): void => {
        reservation.release()
        place?.release()
      }
      return { request, prepared, started, place, release }
    } catch (error) {
      place?.release()
      throw error
    }
  }

  async #complete({ request, prepared, started, place, release }: Admitted): Promise<Answer> {
    const { clock, metrics } = this.#parts
    const { model, promptTokens } = prepared
    try {
      const result = await this.#generate(request, prepared)
      const generated = clock.now()
      const attribution = openAttribution(await this.#parts.models.weights(model), result.tokens.length, Math.ceil(generated / 1000) + this.#parts.attributionSeconds)
      const view = await this.#issue(request, prepared, result, attribution)
      if (attribution.deadline !== null) place?.take({ receiptId: view.receiptId, deadline: attribution.deadline })
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
    const salt = toHex(randomBytes(32))
    const requestHash = tokenHash(salt, promptTokens)
    const clientNonce = request.clientNonce ?? toHex(randomBytes(32))
    const nodeSecret = request.nodeSecret ?? this.secrets.take(request.nodeCommitment ?? this.secrets.commit())
    const sampling: Sampling = { ...request.sampling, maxTokens, seed: samplingSeed(clientNonce, nodeCommitment(nodeSecret), requestHash) }
    // A conversation, or the plain text that was continued.
    const messages = 'messages' in prompt ? prompt.messages.map(({ role, content }) => ({ role, content })) : prompt.text
    return { model, promptTokens, messages, sampling, salt, requestHash, clientNonce, nodeSecret, platformFee: await this.#fee() }
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

  async #generate(request: AnswerRequest, { model, promptTokens, sampling }: Prepared): Promise<ServedResult> {
    const stop = new AbortController()
    let begun = false
    const leave = (): void => {
      if (!begun) stop.abort()
    }
    request.signal?.addEventListener('abort', leave)
    if (request.signal?.aborted) leave()
    const watch = this.#parts.metrics.generation(model)
    try {
      const onToken: AnswerRequest['onToken'] = (token) => {
        begun = true
        watch.token()
        request.onToken?.(token)
      }
      const { engine } = this.#parts.serving
      const { logprobs, topLogprobs, payer, scheduling } = request
      const result = await engine.generate(
        { ...scheduling, payer: payer.channelId, adapterId: model.adapterId, promptTokens, sampling, logprobs, topLogprobs, logitsHashes: engine.capabilities.logitsHashes },
        { onToken, signal: stop.signal },
      )
      watch.end()
      return result
    } catch (error) {
      watch.end(error)
      throw error
    } finally {
      request.signal?.removeEventListener('abort', leave)
    }
  }

  async #issue(request: AnswerRequest, prepared: Prepared, result: ServedResult, attribution: OpenedAttribution): Promise<AnswerView> {
    const { network, serving, clock, node, gateway, receipts, channels, names, log } = this.#parts
    const { model, promptTokens, sampling, salt, requestHash, platformFee } = prepared
    const { payer } = request
    const { receipt, shares } = buildReceipt({
      baseId: serving.info.id,
      adapterId: model.adapterId,
      snapshotIds: model.manifest?.value.run.statement.snapshotIds ?? [],
      deploymentId: model.deploymentId,
      deployment: model.deployment,
      node,
      gateway,
      treasury: network.treasury,
      stakers: network.contracts.stakes,
      platformFee,
      channelId: payer.channelId,
      requestHash,
      outputHash: tokenHash(salt, result.tokens),
      sampling,
      promptTokens,
      result,
      profileHash: serving.info.profileHash,
      attribution,
      time: Math.floor(clock.now() / 1000),
    })
    const deposit = (await channels.onChain(payer.channelId))?.deposited ?? 0n
    const describe = await answerView({ network, node, names, model, receipt, shares, contributors: attribution.contributors, deadline: attribution.deadline })
    const signed = await receipts.issue(receipt, (r) => ({
      model: model.name,
      shares: shares.map((s) => ({ payee: s.payee, amount: s.amount.toString() })),
      bundle: toJson(this.#bundle(prepared, result, attribution, shares, r)),
      view: describe(r.id),
    }))
    let account = channels.account(payer.channelId)
    if (payer.signer) account = await channels.signFor(payer.channelId, payer.signer).catch((error: unknown) => (log.warn('voucher.unsigned', errorFields(error)), account))
    const channel = { id: payer.channelId, spent: account.spent.toString(), vouchered: account.vouchered.toString(), deposit: deposit.toString() }
    return { ...describe(signed.id), channel }
  }

  #bundle(prepared: Prepared, result: ServedResult, { deadline, contributors }: OpenedAttribution, shares: Share[], signed: Pick<ReceiptBundle['receipt'], 'statement' | 'signature'>): ReceiptBundle {
    const { network, serving } = this.#parts
    const { model } = prepared
    return {
      kind: 'openledger/receipt/1',
      domain: { chainId: network.chainId, verifyingContract: network.contracts.epochs },
      receipt: { statement: signed.statement, signature: signed.signature },
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
      profile: serving.info.profile,
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
