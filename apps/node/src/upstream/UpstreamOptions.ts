import { fail } from '@openledger/protocol'

export const dialectNames = ['vllm', 'sglang'] as const
export type DialectName = (typeof dialectNames)[number]

/** The environment variable that holds the bearer token when no option does. */
export const tokenVariable = 'OPENLEDGER_UPSTREAM_TOKEN'

/** Where another server computes, and how this node speaks with it. */
export type UpstreamOptions = {
  /** Its address, such as http://10.0.0.5:8000; a trailing `/v1` may be there or not. */
  url: string
  dialect: DialectName
  /** Bearer token; default: OPENLEDGER_UPSTREAM_TOKEN, or none. It is sent to this address alone and never written down. */
  token?: string
  /** The base model's name on the server; default: the only base it lists. */
  model?: string
  /** Where the server finds what this node has under `from`; default: at the same path. */
  pathMap?: { from: string; to: string }
  /** Adapters that the server may hold at once; default: what the server says, else 32. */
  maxAdapters?: number
  /** The server schedules by priority, and takes requests that name one; default false. */
  priorities?: boolean
  /** Where the gradients come from that attribution needs: an engine of this node on the same base file, or nowhere; default local. */
  gradients?: 'local' | 'none'
  /** Tries after the first one, where nothing was generated; default 2. */
  retries?: number
  timeouts?: Partial<UpstreamTimeouts>
  limits?: Partial<UpstreamLimits>
}

/** Milliseconds. */
export type UpstreamTimeouts = {
  connect: number
  /** From the request to the first token. */
  firstToken: number
  betweenTokens: number
  /** Loading or unloading an adapter. */
  adapter: number
  /** Any other call. */
  call: number
  /** The pause before the first repetition; it doubles with each. */
  backoff: number
  /** How long nothing is asked of a server that has failed several times running. */
  rest: number
}

export type UpstreamLimits = {
  /** Bytes of an answer that is not a stream. */
  reply: number
  /** Bytes of one event of a stream. */
  event: number
  /** Failures running before the server is given a rest. */
  failures: number
}

export const defaultTimeouts: UpstreamTimeouts = { connect: 5000, firstToken: 120_000, betweenTokens: 30_000, adapter: 60_000, call: 10_000, backoff: 200, rest: 10_000 }
export const defaultLimits: UpstreamLimits = { reply: 8 << 20, event: 4 << 20, failures: 5 }

/** The token that is to be sent, or undefined. */
export function upstreamToken({ token }: UpstreamOptions, environment: NodeJS.ProcessEnv): string | undefined {
  const found = token ?? environment[tokenVariable]
  return found === undefined || found === '' ? undefined : found
}

/** The address without a trailing `/v1` or slash. @throws InputError UPSTREAM_URL */
export function upstreamBase(url: string): URL {
  let base: URL
  try {
    base = new URL(url)
  } catch (cause) {
    fail('UPSTREAM_URL', `${url.slice(0, 200)} is not an address`, { cause, field: 'upstream.url', fix: 'name one such as http://127.0.0.1:8000' })
  }
  if (base.protocol !== 'http:' && base.protocol !== 'https:') fail('UPSTREAM_URL', 'an upstream server speaks HTTP', { field: 'upstream.url' })
  if (base.username || base.password) fail('UPSTREAM_URL', 'the address of an upstream server holds no password', { field: 'upstream.url', fix: `put the token into ${tokenVariable}` })
  base.pathname = base.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')
  base.search = ''
  base.hash = ''
  return base
}
