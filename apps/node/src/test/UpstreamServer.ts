import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { EngineHost, type GeneratedToken, type GenerateRequest, type GenerateResult } from '@openledger/engine'
import { keccak, OpenLedgerError, type Hex, type Sampling } from '@openledger/protocol'

/** What a test makes a server do to the next generation. */
export type Fault =
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  | { kind: 'empty' }
  | { kind: 'event-error'; after: number }
  | { kind: 'cut'; after: number }
  | { kind: 'silence'; after: number }
  | { kind: 'end-early'; after: number }

export type UpstreamServerOptions = {
  modelPath: string
  /** Computes for several servers, and is closed by its maker; default: one of its own. */
  engine?: EngineHost
  token?: string
  /** Adapters it holds at most; one more is refused. */
  maxAdapters?: number
  /** SGLang: events hold new tokens only. */
  incremental?: boolean
  /** Answers name no token ids, as older servers. */
  withoutIds?: boolean
  /** vLLM: says that it computed with another prompt. */
  otherPrompt?: boolean
  /** Goes on past stop strings and limits. */
  deaf?: boolean
  /** Cut every write into pieces of this many bytes. */
  pieceBytes?: number
  version?: string
}

export class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** What both kinds of server call by the same names. */
export type SharedFields = {
  temperature: number
  top_p: number
  top_k: number
  min_p: number
  repetition_penalty: number
  stop?: string[]
  presence_penalty?: number
  frequency_penalty?: number
  logit_bias?: Record<string, number>
}

/** Sends one event of an answer. */
export type Send = (event: unknown) => Promise<void>
export type Generation = { request: GenerateRequest; lora: string | null }

/** A server for tests that has vLLM's or SGLang's API and computes real tokens with this project's engine. */
export abstract class UpstreamServer {
  readonly options: UpstreamServerOptions
  readonly engine: EngineHost
  readonly loras = new Map<string, { id: Hex; users: number }>()
  readonly seen: { path: string; body: Record<string, unknown> }[] = []
  readonly faults: Fault[] = []
  running = 0
  /** Adapters that were unloaded while an answer used them: a fault of whoever asked for it. */
  unloadedInUse = 0
  /** Unloads that fail before one succeeds. */
  failingUnloads = 0
  connections = 0
  /** Events sent. */
  sent = 0
  positions = 0
  eos = -1
  #server: Server | undefined

  constructor(options: UpstreamServerOptions) {
    this.options = options
    this.engine = options.engine ?? new EngineHost({ threads: 1 })
  }

  /** Loads the model and listens on any free port; gives the address. */
  async start(): Promise<string> {
    const { positions, eos } = await this.engine.loadModel(this.options.modelPath)
    this.positions = positions
    this.eos = eos
    this.#server = createServer((request, response) => void this.#serve(request, response))
    this.#server.on('connection', () => (this.connections += 1))
    await new Promise<void>((resolve) => this.#server!.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  /** Forgets all adapters and cuts all connections, as a server that is started again. */
  restart(): void {
    this.loras.clear()
    this.#server?.closeAllConnections()
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((resolve) => this.#server?.close(resolve))
    if (!this.options.engine) await this.engine.close()
  }

  /** Calls of one path, in order. */
  bodies(path: string): Record<string, unknown>[] {
    return this.seen.filter((call) => call.path === path).map((call) => call.body)
  }

  protected abstract answer(method: string, path: string, body: Record<string, unknown>): Promise<{ status: number; body: unknown } | undefined>
  protected abstract readonly generatePath: string
  protected abstract parse(body: Record<string, unknown>): Generation
  /** Streams an answer: `next` gives each token with whether it is the last. */
  protected abstract stream(generation: Generation, next: AsyncIterable<{ token: GeneratedToken; end: GenerateResult | null }>, send: Send): Promise<void>
  protected abstract refusal(error: Refusal): { status: number; body: unknown }
  protected abstract streamError(message: string): unknown

  protected async loadLora(name: unknown, folder: unknown): Promise<void> {
    if (typeof name !== 'string' || typeof folder !== 'string' || name === '' || folder === '') throw new Refusal(400, "Both 'lora_name' and 'lora_path' must be provided.")
    if (this.loras.size >= (this.options.maxAdapters ?? 100)) throw new Refusal(400, 'no room for another adapter')
    this.loras.set(name, { id: await this.engine.registerAdapter(folder), users: 0 })
  }

  protected unloadLora(name: string): void {
    if (this.failingUnloads > 0) {
      this.failingUnloads -= 1
      throw new Refusal(500, 'cannot unload now')
    }
    if (this.loras.get(name)!.users > 0) this.unloadedInUse += 1
    this.loras.delete(name)
  }

  /** The parameters that both kinds of server call by the same names. */
  protected samplingOf(given: SharedFields): Omit<Sampling, 'maxTokens' | 'seed'> {
    const { presence_penalty, frequency_penalty, logit_bias } = given
    return {
      temperature: given.temperature,
      topP: given.top_p,
      topK: Math.max(0, given.top_k),
      minP: given.min_p,
      repetitionPenalty: given.repetition_penalty,
      stop: given.stop ?? [],
      ...(presence_penalty === undefined ? {} : { presencePenalty: presence_penalty }),
      ...(frequency_penalty === undefined ? {} : { frequencyPenalty: frequency_penalty }),
      ...(logit_bias ? { logitBias: Object.entries(logit_bias).map(([id, bias]): [number, number] => [Number(id), bias]).sort((a, b) => a[0] - b[0]) } : {}),
    }
  }

  protected seedOf(seed: number): Hex {
    return keccak(new TextEncoder().encode(String(seed)))
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const whole = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
      outgoing.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json', ...headers })
      outgoing.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    try {
      const path = incoming.url ?? '/'
      let text = ''
      for await (const chunk of incoming) text += String(chunk)
      const { token } = this.options
      if (token !== undefined && incoming.headers.authorization !== `Bearer ${token}`) return whole(401, { error: `Unauthorized: ${incoming.headers.authorization ?? ''}` })
      const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>
      this.seen.push({ path, body })
      if (path === this.generatePath && incoming.method === 'POST') return await this.#generate(body, outgoing)
      const answer = await this.answer(incoming.method ?? 'GET', path, body)
      if (answer) return whole(answer.status, answer.body)
      whole(404, { detail: 'Not Found' })
    } catch (error) {
      const refused = error instanceof Refusal ? error : error instanceof OpenLedgerError ? new Refusal(400, error.message) : new Refusal(500, String(error))
      const { status, body } = this.refusal(refused)
      if (!outgoing.headersSent) whole(status, body)
    }
  }

  async #generate(body: Record<string, unknown>, outgoing: ServerResponse): Promise<void> {
    const fault = this.faults.shift()
    if (fault?.kind === 'status') {
      outgoing.writeHead(fault.status, fault.headers)
      return void outgoing.end(fault.body ?? '')
    }
    if (fault?.kind === 'empty') {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
      return void outgoing.end()
    }
    const generation = this.parse(body)
    if (this.options.deaf) generation.request.sampling = { ...generation.request.sampling, stop: [], maxTokens: 400 }
    const lora = generation.lora === null ? undefined : this.loras.get(generation.lora)
    const gone = new AbortController()
    outgoing.on('close', () => gone.abort())
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
    this.running += 1
    if (lora) lora.users += 1
    let sent = 0
    const send: Send = async (event) => {
      if (fault && sent >= fault.after) await this.#misbehave(fault, outgoing, gone.signal)
      sent += 1
      this.sent += 1
      await this.#write(outgoing, `data: ${JSON.stringify(event)}\n\n`)
    }
    try {
      outgoing.write(': ready\r\n\r\n')
      await this.stream(generation, this.#tokens(generation, lora?.id ?? null, gone.signal), send)
      await this.#write(outgoing, 'data: [DONE]\n\n')
    } catch (error) {
      if (!outgoing.destroyed && error instanceof OpenLedgerError && error.code !== 'CANCELLED') outgoing.write(`data: ${JSON.stringify(this.streamError(error.message))}\n\ndata: [DONE]\n\n`)
    } finally {
      this.running -= 1
      if (lora) lora.users -= 1
      outgoing.end()
    }
  }

  async #misbehave(fault: Exclude<Fault, { kind: 'status' | 'empty' }>, outgoing: ServerResponse, gone: AbortSignal): Promise<void> {
    if (fault.kind === 'cut') outgoing.destroy()
    if (fault.kind === 'event-error') outgoing.write(`data: ${JSON.stringify(this.streamError('the computation failed'))}\n\ndata: [DONE]\n\n`)
    if (fault.kind === 'silence') await new Promise<void>((resolve) => (gone.aborted ? resolve() : gone.addEventListener('abort', () => resolve())))
    throw new Refusal(500, fault.kind)
  }

  async #write(outgoing: ServerResponse, text: string): Promise<void> {
    const bytes = Buffer.from(text, 'utf8')
    const size = this.options.pieceBytes ?? bytes.length
    for (let at = 0; at < bytes.length; at += size) {
      outgoing.write(bytes.subarray(at, at + size))
      if (size < bytes.length) await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async *#tokens({ request }: Generation, adapterId: Hex | null, signal: AbortSignal): AsyncGenerator<{ token: GeneratedToken; end: GenerateResult | null }> {
    const queue: GeneratedToken[] = []
    let wake: () => void = () => undefined
    let end: GenerateResult | undefined
    let failure: unknown
    const push = (token: GeneratedToken): void => (queue.push(token), wake())
    this.engine.generate({ ...request, adapterId }, { onToken: push, signal }).then(
      (result) => ((end = result), wake()),
      (error: unknown) => ((failure = error), wake()),
    )
    for (;;) {
      // One token stays back until it is known whether it is the last.
      if (queue.length > 1) yield { token: queue.shift()!, end: null }
      else if (failure !== undefined) throw failure as Error
      else if (end) break
      else await new Promise<void>((resolve) => (wake = resolve))
    }
    const text = await this.engine.detokenize(end.tokens)
    const byEndToken = end.finishReason === 'stop' && !request.sampling.stop.some((stop) => text.includes(stop))
    const last = queue.shift()
    if (last) yield { token: last, end: byEndToken ? null : end }
    if (byEndToken) yield { token: { token: this.eos, text: '', logprob: -0.5, top: [] }, end }
  }
}
