import { setTimeout as pause } from 'node:timers/promises'
import { OpenLedgerError } from '@openledger/protocol'
import { nodeAway, nodeError } from './nodeError.ts'

export type Call = {
  method?: 'GET' | 'POST' | 'PUT'
  path: string
  body?: string | Uint8Array
  headers?: Record<string, string>
  /** How long one attempt may take, milliseconds; default a minute. */
  timeoutMs?: number
  /** A call that may be sent twice: it is repeated when the node is away for a moment. */
  repeatable?: boolean
  signal?: AbortSignal
}

const pausesMs = [150, 400, 1000]

/** Sends requests to one node: its address, the operator's token, timeouts, repetition, errors with codes. */
export class HttpCaller {
  readonly #url: () => Promise<string>
  readonly #token: string | undefined

  /** @param url found at each call, so that a node that starts later is found */
  constructor(options: { url: () => Promise<string>; token: string | undefined }) {
    this.#url = options.url
    this.#token = options.token
  }

  /**
   * Sends one request and gives the response when it is a success.
   * @throws UnavailableError NODE_AWAY; the node's own error otherwise
   */
  async send(call: Call): Promise<Response> {
    const pauses = call.repeatable || (call.method ?? 'GET') === 'GET' ? [...pausesMs] : []
    for (;;) {
      try {
        return await this.#attempt(call)
      } catch (error) {
        const wait = pauses.shift()
        const again = error instanceof OpenLedgerError && (error.code === 'NODE_AWAY' || error.code === 'RATE_LIMITED')
        if (!again || wait === undefined || call.signal?.aborted) throw error
        await pause(wait)
      }
    }
  }

  async #attempt({ method = 'GET', path, body, headers = {}, timeoutMs = 60_000, signal }: Call): Promise<Response> {
    const url = (await this.#url()).replace(/\/+$/, '')
    const limit = AbortSignal.timeout(timeoutMs)
    const authorization: Record<string, string> = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }
    let response: Response
    try {
      response = await fetch(url + path, {
        method,
        // A view of plain memory; the type of fetch wants to be told.
        body: body as string | Uint8Array<ArrayBuffer> | undefined,
        headers: { ...authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
        redirect: 'error',
      })
    } catch (cause) {
      throw nodeAway(url, cause)
    }
    if (response.ok) return response
    throw nodeError(response.status, await response.text().catch(() => ''))
  }
}
