import { setTimeout as pause } from 'node:timers/promises'
import { fail, InputError, UnavailableError } from '@openledger/protocol'
import type { HubSettings } from './HubSettings.ts'

/** What of the world outside a connection uses; tests replace it. */
export type HubWorld = {
  fetch?: typeof globalThis.fetch
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>
  signal?: AbortSignal
}

export type HubAnswer = {
  response: Response
  /** What the hub says about the file before it sends to another host: its SHA-256, where it is kept as a large file. */
  linkedEtag: string | null
}

const redirects = new Set([301, 302, 303, 307, 308])
const maxRedirects = 5
const maxTries = 4
const maxWaitMs = 60_000
/** How long a host may say nothing. */
export const stallMs = 60_000

/** Requests to a hub and to the hosts that it sends to. The token goes to the hub's own origin alone. */
export class HubConnection {
  readonly settings: HubSettings
  readonly #fetch: typeof globalThis.fetch
  readonly #origin: string
  readonly sleep: (milliseconds: number) => Promise<unknown>
  readonly signal: AbortSignal | undefined

  constructor(settings: HubSettings, world: HubWorld = {}) {
    this.settings = settings
    this.#fetch = world.fetch ?? globalThis.fetch
    this.#origin = new URL(settings.endpoint).origin
    this.signal = world.signal
    const { sleep = (milliseconds, signal) => pause(milliseconds, undefined, { signal }) } = world
    this.sleep = (milliseconds) => sleep(milliseconds, world.signal)
  }

  /**
   * Sends a GET and follows redirects; waits and tries again when the hub is busy (429, 5xx) or cannot be reached.
   * Answers other than 200, 206 and 416 become errors.
   * @param stop ends the request and the reading of its answer
   * @throws InputError `HUB_TOKEN`, `HUB_FORBIDDEN`, `HUB_NOT_FOUND`; UnavailableError `HUB_BUSY`, `HUB_AWAY`, `HUB_REDIRECT`; `CANCELLED`
   */
  async get(url: string, headers: Record<string, string>, stop?: AbortSignal): Promise<HubAnswer> {
    for (let attempt = 1; ; attempt++) {
      this.refuseCancelled()
      let answer: HubAnswer
      try {
        answer = await this.#follow(url, headers, stop)
      } catch (error) {
        if (error instanceof UnavailableError) throw error
        this.refuseCancelled()
        if (attempt === maxTries) throw new UnavailableError('HUB_AWAY', `${new URL(url).host} cannot be reached`, { cause: error, action: 'retry', fix: 'check the connection and HF_ENDPOINT; what is downloaded already is kept' })
        await this.sleep(1000 * 2 ** (attempt - 1))
        continue
      }
      const { response } = answer
      if (response.status === 200 || response.status === 206 || response.status === 416) return answer
      await response.body?.cancel()
      if (response.status !== 429 && response.status < 500) this.#refuse(response.status, url)
      if (attempt === maxTries) throw new UnavailableError('HUB_BUSY', `${new URL(url).host} answers with ${response.status}`, { action: 'retry', fix: 'try again later; what is downloaded already is kept' })
      await this.sleep(Math.min(maxWaitMs, retryAfterMs(response) ?? 1000 * 2 ** (attempt - 1)))
    }
  }

  /** A JSON document of the hub's API, and the address of its next page. @throws as `get`, UnavailableError `HUB_ANSWER` */
  async json(url: string, maxBytes = 32 << 20): Promise<{ value: unknown; next: string | null }> {
    const { response } = await this.get(url, { accept: 'application/json' }, AbortSignal.timeout(stallMs))
    const parts: Uint8Array[] = []
    let size = 0
    const bad = (cause?: unknown): never => {
      throw new UnavailableError('HUB_ANSWER', `${new URL(url).host} gave an answer that cannot be read`, { cause, action: 'retry', fix: 'check HF_ENDPOINT' })
    }
    try {
      for await (const part of bodyOf(response)) {
        size += part.length
        if (size > maxBytes) break
        parts.push(part)
      }
      if (size > maxBytes || response.status !== 200) return bad()
      const next = /<([^>]+)>\s*;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? null
      return { value: JSON.parse(Buffer.concat(parts).toString('utf8')), next: next !== null && new URL(next, url).origin === this.#origin ? new URL(next, url).href : null }
    } catch (cause) {
      return bad(cause)
    }
  }

  async #follow(start: string, headers: Record<string, string>, stop?: AbortSignal): Promise<HubAnswer> {
    let url = new URL(start)
    let linkedEtag: string | null = null
    const signals = [this.signal, stop].filter((signal) => signal !== undefined)
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const own: Record<string, string> = url.origin === this.#origin && this.settings.token !== null ? { authorization: `Bearer ${this.settings.token}` } : {}
      const response = await this.#fetch(url, { redirect: 'manual', headers: { 'user-agent': 'openledger', 'accept-encoding': 'identity', ...headers, ...own }, signal: AbortSignal.any(signals) })
      linkedEtag ??= url.origin === this.#origin ? response.headers.get('x-linked-etag') : null
      if (!redirects.has(response.status)) return { response, linkedEtag }
      await response.body?.cancel()
      const target = response.headers.get('location')
      const next = target !== null && URL.canParse(target, url) ? new URL(target, url) : null
      if (!next || (next.protocol !== 'https:' && (next.protocol !== 'http:' || url.protocol === 'https:'))) break
      url = next
    }
    throw new UnavailableError('HUB_REDIRECT', `${new URL(start).host} sends to an address that is not followed`, { action: 'stop', fix: 'check HF_ENDPOINT' })
  }

  /** @throws InputError `CANCELLED` once the caller has given up */
  refuseCancelled(): void {
    if (this.signal?.aborted) throw new InputError('CANCELLED', 'the download was stopped; call again to go on', { action: 'stop', status: 499 })
  }

  #refuse(status: number, url: string): never {
    const what = new URL(url).pathname
    const token = this.settings.token === null ? 'set HF_TOKEN to a token that may read it' : 'check that the token in HF_TOKEN may read it'
    if (status === 401) fail('HUB_TOKEN', `the hub wants to know who asks for ${what}`, { fix: `${token}, or check the name` })
    if (status === 403) fail('HUB_FORBIDDEN', `the hub does not give out ${what}`, { fix: `accept the model's terms on its page, then ${token}` })
    if (status === 404) fail('HUB_NOT_FOUND', `the hub has no ${what}`, { fix: 'check the name, the revision and the file' })
    return fail('HUB_REFUSED', `the hub answers ${status} for ${what}`)
  }
}

/** The parts of an answer's body as they come. */
export async function* bodyOf({ body }: Response): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  if (!reader) return
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function retryAfterMs(response: Response): number | null {
  const text = response.headers.get('retry-after')
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : null
}
