import { InputError, OpenLedgerError, PaymentError, UnavailableError, type ErrorAction } from '@openledger/protocol'

export type HttpCall = {
  method?: 'GET' | 'POST' | 'DELETE'
  path: string
  /** Sent as JSON unless it is bytes. */
  body?: object | Uint8Array
  headers?: Readonly<Record<string, string>>
  /** How long one attempt may take until the head of the answer is there, milliseconds. Default: the transport's. */
  timeoutMs?: number
  /** Whether the call may be sent twice; reads always may. */
  repeatable?: boolean
  /** A status that is a success too. */
  expected?: number
  signal?: AbortSignal
}

export type HttpTransportOptions = {
  /** The node's address, such as http://127.0.0.1:7800. */
  url: string
  /** The operator's token or an API key. */
  token?: string
  /** Default 60,000. */
  timeoutMs?: number
  /** Pauses before each repetition of a call that may be repeated, milliseconds. Default 150, 400, 1,000. */
  pausesMs?: readonly number[]
  /** Default: the platform's. */
  fetch?: typeof fetch
}

type ErrorBody = { error?: { message?: unknown; code?: unknown; param?: unknown; fix?: unknown } }

const passing = new Set([408, 425, 429, 502, 503, 504, 507])
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** An answer that is not a success as an error with the node's own code, words and advice. */
export function responseError(status: number, body: string): OpenLedgerError {
  let error: ErrorBody['error']
  try {
    error = (JSON.parse(body) as ErrorBody | null)?.error
  } catch {
    error = undefined
  }
  const action: ErrorAction = passing.has(status) ? 'retry' : status >= 500 ? 'stop' : 'fix'
  const Type = status === 402 ? PaymentError : action === 'retry' ? UnavailableError : action === 'fix' ? InputError : OpenLedgerError
  return new Type(textOf(error?.code) ?? `HTTP_${status}`, textOf(error?.message) ?? `the node answered with status ${status}`, {
    status,
    action,
    field: textOf(error?.param),
    fix: textOf(error?.fix),
  })
}

/** The same response, which tells when its body was read, given up or cut off. */
function whenRead(response: Response, over: () => void): Response {
  if (!response.body) {
    over()
    return response
  }
  const reader = response.body.getReader()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (!done) return controller.enqueue(value)
        over()
        controller.close()
      } catch (error) {
        over()
        throw error
      }
    },
    cancel: (reason) => {
      over()
      return reader.cancel(reason)
    },
  })
  return new Response(body, response)
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Sends calls to one node: address, token, time limits, repetition, errors with codes. Runs in browsers too. */
export class HttpTransport {
  readonly #options: Required<Omit<HttpTransportOptions, 'token'>> & Pick<HttpTransportOptions, 'token'>

  constructor(options: HttpTransportOptions) {
    const url = options.url.replace(/\/+$/, '')
    this.#options = { timeoutMs: 60_000, pausesMs: [150, 400, 1000], fetch: (input, init) => fetch(input, init), ...options, url }
  }

  /**
   * Sends one call and gives the response when it is a success.
   * @throws UnavailableError NODE_AWAY or TIMEOUT; otherwise the node's own error
   */
  async send(call: HttpCall): Promise<Response> {
    const pauses = call.repeatable || (call.method ?? 'GET') === 'GET' ? [...this.#options.pausesMs] : []
    for (;;) {
      try {
        return await this.#attempt(call)
      } catch (error) {
        const wait = pauses.shift()
        const passes = error instanceof OpenLedgerError && error.action === 'retry'
        if (!passes || wait === undefined || call.signal?.aborted) throw error
        await pause(wait)
      }
    }
  }

  /** Sends one call and reads the answer as JSON. */
  async json<T>(call: HttpCall): Promise<T> {
    const response = await this.send(call)
    try {
      return (await response.json()) as T
    } catch (cause) {
      throw new UnavailableError('BAD_ANSWER', 'the answer of the node is cut off or is not JSON', { cause, action: 'retry', fix: 'check that this is the address of an OpenLedger node, then try again' })
    }
  }

  async #attempt({ method = 'GET', path, body, headers, timeoutMs, expected, signal }: HttpCall): Promise<Response> {
    const { url, token, fetch: send } = this.#options
    const limit = new AbortController()
    const abort = (): void => limit.abort()
    const timer = setTimeout(abort, timeoutMs ?? this.#options.timeoutMs)
    signal?.addEventListener('abort', abort)
    const init = {
      method,
      signal: limit.signal,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
    }
    const letGo = (): void => signal?.removeEventListener('abort', abort)
    let response: Response
    try {
      if (signal?.aborted) abort()
      response = await send(url + path, init)
    } catch (cause) {
      letGo()
      if (signal?.aborted) throw new InputError('CANCELLED', 'the call was cancelled', { cause, action: 'stop', status: 499 })
      if (limit.signal.aborted) throw new UnavailableError('TIMEOUT', `the node at ${url} took too long`, { cause, action: 'retry', fix: 'try again' })
      throw new UnavailableError('NODE_AWAY', `no node answers at ${url}`, { cause, action: 'retry', fix: 'start one, or correct the address' })
    } finally {
      clearTimeout(timer)
    }
    if (signal) response = whenRead(response, letGo)
    if (response.ok || response.status === expected) return response
    throw responseError(response.status, await response.text().catch(() => ''))
  }
}
