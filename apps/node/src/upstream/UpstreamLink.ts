import type { GenerateRequest } from '@openledger/engine'
import type { OpenLedgerError } from '@openledger/protocol'
import { complaintError, complaintMessage, complaintStatus, retryAfter, type Complaint } from './complaint.ts'
import { HttpTransport, type OpenReply, type WholeReply } from './HttpTransport.ts'
import { parseReply } from './jsonFields.ts'
import { prometheusValue } from './prometheusValue.ts'
import { serverSentEvents } from './serverSentEvents.ts'
import type { Ask, UpstreamCall, UpstreamChunk, UpstreamDialect } from './UpstreamDialect.ts'
import { AdapterLost, UpstreamFault } from './UpstreamFault.ts'
import { defaultLimits, defaultTimeouts, upstreamBase, upstreamToken, type UpstreamLimits, type UpstreamOptions, type UpstreamTimeouts } from './UpstreamOptions.ts'

/** How long the end of a complete answer is waited for, so that its connection can be used again. */
const drainMs = 250

/** What a generation over this link may take. */
export type GenerationBounds = { adapter: string | null; asked: Pick<GenerateRequest, 'logprobs' | 'topLogprobs'>; firstTokenMs: number; lateFirstToken: () => OpenLedgerError; signal: AbortSignal }

/** One server as its dialect speaks with it: asks, streams, and turns whatever goes wrong into errors with codes. */
export class UpstreamLink {
  readonly dialect: UpstreamDialect
  readonly timeouts: UpstreamTimeouts
  readonly limits: UpstreamLimits
  readonly #http: HttpTransport
  readonly #now: () => number

  constructor(dialect: UpstreamDialect, options: UpstreamOptions, environment: NodeJS.ProcessEnv, now: () => number) {
    this.dialect = dialect
    this.timeouts = { ...defaultTimeouts, ...options.timeouts }
    this.limits = { ...defaultLimits, ...options.limits }
    this.#now = now
    this.#http = new HttpTransport({ base: upstreamBase(options.url), token: upstreamToken(options, environment), connectMs: this.timeouts.connect, maxReply: this.limits.reply })
  }

  /** Asks the server something and gives its answer as text. */
  readonly ask: Ask = async (path, body, { optional = false } = {}) => {
    const reply = await this.#http.call(body === undefined ? 'GET' : 'POST', path, { body, timeoutMs: this.timeouts.call })
    if (reply.status === 200) return reply.text
    if (optional && (reply.status === 404 || reply.status === 405 || reply.status === 403)) return null
    throw complaintError(this.#complaint(reply, reply.text))
  }

  /** Whether the server is well. @throws what is wrong with it */
  async checkHealth(): Promise<void> {
    await this.ask(this.dialect.healthPath)
  }

  /** How many requests the server computes and holds back; null when it publishes no figures. */
  async busyness(): Promise<{ running: number; waiting: number } | null> {
    const text = await this.ask('/metrics', undefined, { optional: true })
    if (text === null) return null
    const { running, waiting } = this.dialect.loadFigures
    const found = [prometheusValue(text, running), prometheusValue(text, waiting)] as const
    return found[0] === undefined || found[1] === undefined ? null : { running: found[0], waiting: found[1] }
  }

  /** Loads an adapter; fine when the server has one of this name, which is a hash of its content. @throws UpstreamFault UPSTREAM_ADAPTERS */
  async loadAdapter(name: string, folder: string): Promise<void> {
    const complaint = await this.#change(this.dialect.loadAdapter(name, folder))
    if (complaint === null || this.dialect.isLoaded(complaint)) return
    if (complaint.status >= 500 || complaint.status === 429 || complaint.status === 401 || complaint.status === 403) throw complaintError(complaint)
    throw new UpstreamFault('UPSTREAM_ADAPTERS', `the upstream server does not load adapter ${name}: ${complaint.message || `status ${complaint.status}`}`, { action: 'stop', status: 502, fix: this.dialect.adapterAdvice })
  }

  /** Unloads an adapter; fine when the server has none of this name. */
  async unloadAdapter(name: string): Promise<void> {
    const complaint = await this.#change(this.dialect.unloadAdapter(name))
    if (complaint !== null && !this.dialect.isMissing(complaint, name)) throw complaintError(complaint)
  }

  /**
   * Sends a generation and yields what comes. Leaving the loop closes the connection, which ends the generation on the server.
   * @throws AdapterLost; UpstreamFault UPSTREAM_EMPTY for a stream without events, UPSTREAM_CUT, UPSTREAM_TIMEOUT; complaints as errors
   */
  async *generate(call: UpstreamCall, { adapter, asked, firstTokenMs, lateFirstToken, signal }: GenerationBounds): AsyncGenerator<UpstreamChunk> {
    const late = new AbortController()
    let timer = setTimeout(() => late.abort(lateFirstToken()), firstTokenMs)
    let reply: OpenReply | undefined
    let state: 'open' | 'complete' | 'ended' = 'open'
    try {
      reply = await this.#http.open('POST', call.path, { body: call.body, signal: AbortSignal.any([signal, late.signal]) })
      if (reply.status !== 200) throw this.#error(this.#complaint(reply, await this.#http.readWhole(reply)), adapter)
      const read = this.dialect.reader(asked)
      let events = 0
      for await (const { data } of serverSentEvents(reply.chunks, this.limits.event)) {
        // What follows the end is read only to give the connection back.
        if (state === 'complete' || data.trim() === '[DONE]') continue
        events += 1
        const event = parseReply(data)
        const message = complaintMessage(event)
        if (message !== undefined) throw this.#error({ status: complaintStatus(event) ?? this.dialect.streamErrorStatus, message: this.#http.clean(message), retryAfterMs: undefined }, adapter)
        const chunk = read(event)
        if (!chunk) continue
        if (chunk.finish !== null) state = 'complete'
        if (chunk.finish !== null || chunk.tokens === null || chunk.tokens.length > 0) {
          clearTimeout(timer)
          timer = setTimeout(() => late.abort(this.#silent()), state === 'complete' ? drainMs : this.timeouts.betweenTokens)
        }
        yield chunk
      }
      if (events === 0) throw new UpstreamFault('UPSTREAM_EMPTY', 'the upstream server answered with nothing', { again: true, status: 502 })
      if (state === 'open') throw new UpstreamFault('UPSTREAM_CUT', 'the upstream server broke off in the middle', { again: true })
      state = 'ended'
    } catch (error) {
      // A complete answer is not spoilt by how its connection ends.
      if (state === 'open') throw error
    } finally {
      clearTimeout(timer)
      if (state !== 'ended') reply?.abort(new UpstreamFault('UPSTREAM_CUT', 'the answer was not wanted any more'))
    }
  }

  close(): void {
    this.#http.close()
  }

  #silent(): UpstreamFault {
    return new UpstreamFault('UPSTREAM_TIMEOUT', `the upstream server sent no token for ${this.timeouts.betweenTokens} ms`)
  }

  async #change({ path, body }: UpstreamCall): Promise<Complaint | null> {
    const reply = await this.#http.call('POST', path, { body, timeoutMs: this.timeouts.adapter })
    return reply.status === 200 ? null : this.#complaint(reply, reply.text)
  }

  #error(complaint: Complaint, adapter: string | null): OpenLedgerError {
    return adapter !== null && this.dialect.isMissing(complaint, adapter) ? new AdapterLost(adapter) : complaintError(complaint)
  }

  #complaint(reply: Pick<WholeReply, 'status' | 'header'>, text: string): Complaint {
    let body: unknown
    try {
      body = JSON.parse(text)
    } catch {
      body = undefined
    }
    return { status: reply.status, message: this.#http.clean(complaintMessage(body) ?? ''), retryAfterMs: retryAfter(reply.header('retry-after'), this.#now()) }
  }
}
