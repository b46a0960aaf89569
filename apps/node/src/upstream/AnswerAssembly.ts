import { StopMatcher, type GeneratedToken, type GenerateRequest, type ModelTokenizer, type ServedResult } from '@openledger/engine'
import { protocolFault } from './jsonFields.ts'
import { wantsLogprobs, type UpstreamChunk, type UpstreamToken } from './UpstreamDialect.ts'
import { UpstreamFault } from './UpstreamFault.ts'

/**
 * Puts an answer together from what the server sends. Text is made here from the token ids, so that text, tokens and receipt agree; end
 * tokens, stop strings and the limit end the answer here too, whatever the server does after them.
 */
export class AnswerAssembly {
  readonly #request: GenerateRequest
  readonly #tokenizer: ModelTokenizer
  readonly #onToken: (token: GeneratedToken) => void
  readonly #matcher: StopMatcher
  readonly #result: ServedResult
  #loose = ''
  #ids = 0
  #finish: 'stop' | 'length' | undefined

  constructor(request: GenerateRequest, tokenizer: ModelTokenizer, onToken: (token: GeneratedToken) => void) {
    this.#request = request
    this.#tokenizer = tokenizer
    this.#onToken = onToken
    this.#matcher = new StopMatcher(request.sampling.stop)
    this.#result = { tokens: [], text: '', logprobs: [], top: [], logitsHashes: [], finishReason: 'length', promptTokens: request.promptTokens.length, tokensFrom: 'ids' }
  }

  /** Whether the server has generated anything for this answer. */
  get begun(): boolean {
    return this.#result.tokens.length > 0 || this.#loose !== '' || this.#finish !== undefined
  }

  /** Takes what came. @returns whether the answer is complete @throws UpstreamFault UPSTREAM_PROMPT, UPSTREAM_PROTOCOL */
  take(chunk: UpstreamChunk): boolean {
    this.#checkPrompt(chunk.promptTokens)
    if (chunk.tokens === null) this.#takeText(chunk.text)
    for (const token of chunk.tokens ?? []) {
      if (this.#finish === undefined) this.#takeToken(token)
    }
    this.#finish ??= chunk.finish ?? undefined
    this.#ids += chunk.tokens?.length ?? 0
    // Even an answer without words has the token that ends it.
    if (this.#finish !== undefined && this.#ids === 0 && this.#loose === '') throw new UpstreamFault('UPSTREAM_EMPTY', 'the upstream server answered with nothing', { status: 502 })
    return this.#finish !== undefined
  }

  /** The whole answer; call it once, when `take` said so. */
  finish(): ServedResult {
    if (this.#result.tokensFrom === 'text') this.#splitText()
    this.#matcher.finish()
    this.#result.text = this.#matcher.text
    this.#result.finishReason = this.#finish ?? 'stop'
    return this.#result
  }

  #checkPrompt(given: readonly number[] | null): void {
    if (given === null) return
    const sent = this.#request.promptTokens
    if (given.length !== sent.length || given.some((token, i) => token !== sent[i])) {
      throw new UpstreamFault('UPSTREAM_PROMPT', 'the upstream server computed with another prompt than it was sent', { action: 'stop', status: 502, fix: 'let it serve the same base model, without changing prompts' })
    }
  }

  #takeToken({ token, logprob, top }: UpstreamToken): void {
    const { sampling, ignoreEnd, topLogprobs } = this.#request
    if (token >= this.#tokenizer.config.vocabulary) throw protocolFault(`token ${token} is not in the vocabulary`)
    if (!ignoreEnd && this.#tokenizer.endsGeneration(token)) {
      this.#finish = 'stop'
      return
    }
    const text = this.#matcher.push(this.#tokenizer.piece(token))
    this.#result.tokens.push(token)
    if (wantsLogprobs(this.#request)) this.#result.logprobs.push(logprob)
    if (topLogprobs) this.#result.top.push(top)
    this.#onToken({ token, text, logprob, top })
    if (this.#matcher.stopped) this.#finish = 'stop'
    else if (this.#result.tokens.length >= sampling.maxTokens) this.#finish = 'length'
  }

  #takeText(text: string): void {
    if (this.#result.tokens.length > 0) throw protocolFault('token ids came for a part of the answer alone')
    if (this.#request.topLogprobs) throw new UpstreamFault('ENGINE_CANNOT', 'the upstream server names no token ids, so log probabilities belong to none', { action: 'stop', status: 400 })
    this.#result.tokensFrom = 'text'
    this.#loose += text
  }

  /** Without token ids the answer's text is split once more; these need not be the tokens that were computed, and have no probabilities. */
  #splitText(): void {
    const finish = this.#finish
    this.#finish = undefined
    for (const token of this.#tokenizer.tokenize(this.#loose, { addSpecial: false })) {
      if (this.#finish === undefined) this.#takeToken({ token, logprob: Number.NaN, top: [] })
    }
    this.#finish ??= finish
    this.#result.logprobs = []
  }
}
