import { StorageError } from '@openledger/protocol'
import { AwsV4Signer } from 'aws4fetch'
import type { Clock } from '../config/Clock.ts'
import type { S3Settings } from '../storage/S3Settings.ts'

export type S3LinkOptions = {
  clock: Clock
  random: () => number
  /** How often a request is sent before its failure is told. */
  attempts: number
  /** How long one try may take, milliseconds; a second more for each megabyte. */
  requestMs: number
}

/** One request: what to do to which key, with which query, headers and body. */
export type S3Request = { method: 'GET' | 'HEAD' | 'PUT'; key: string; query?: Record<string, string>; headers?: Record<string, string>; body?: Uint8Array; sha256?: string }
export type S3Answer = { status: number; bytes: Uint8Array; code: string; length: number | undefined }

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const busy = new Set([408, 429, 500, 502, 503, 504])
const busyCodes = new Set(['RequestTimeout', 'SlowDown', 'InternalError', 'ServiceUnavailable'])
const pauses = { first: 100, most: 5000 }

/** Sends signed requests to a bucket (AWS Signature Version 4, the payload's hash included), again with growing random pauses while the store is busy or away. */
export class S3Link {
  readonly #settings: S3Settings
  readonly #options: S3LinkOptions

  constructor(settings: S3Settings, options: S3LinkOptions) {
    this.#settings = settings
    this.#options = options
  }

  /** The bucket as people name it. */
  get name(): string {
    return `s3://${this.#settings.bucket}`
  }

  /** @throws StorageError STORE_AWAY when no answer came, or none but that the store is busy */
  async send(request: S3Request): Promise<S3Answer> {
    const { clock, random, attempts } = this.#options
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#try(request).catch((cause: unknown) => cause as Error)
      const again = outcome instanceof Error || busy.has(outcome.status) || busyCodes.has(outcome.code)
      if (!again) return outcome
      if (attempt >= attempts) {
        const why = outcome instanceof Error ? (outcome.name === 'TimeoutError' ? 'no answer in time' : 'no answer') : `${outcome.status} ${outcome.code}`.trim()
        throw new StorageError('STORE_AWAY', `the store ${this.name} does not answer (${why}, ${attempts} tries)`, { cause: outcome instanceof Error ? outcome : undefined, action: 'retry', fix: 'see that the store runs and that this machine may reach it' })
      }
      await clock.sleep(random() * Math.min(pauses.first * 2 ** attempt, pauses.most))
    }
  }

  async #try({ method, key, query, headers, body, sha256 }: S3Request): Promise<S3Answer> {
    const { accessKeyId, secretAccessKey, sessionToken, region } = this.#settings
    const url = this.#url(key)
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
    const signed = await new AwsV4Signer({
      ...{ method, url: url.href, service: 's3', region, accessKeyId, secretAccessKey, sessionToken },
      headers: { ...headers, 'x-amz-content-sha256': sha256 ?? emptyHash },
      datetime: new Date(this.#options.clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    }).sign()
    const signal = AbortSignal.timeout(Math.ceil(this.#options.requestMs + (body?.length ?? 0) / 1000))
    const response = await fetch(signed.url, { method, headers: signed.headers, body: body as Uint8Array<ArrayBuffer> | undefined, redirect: 'manual', signal })
    const bytes = new Uint8Array(await response.arrayBuffer())
    const length = response.headers.get('content-length')
    const code = response.ok || method === 'HEAD' ? '' : (/<Code>([A-Za-z0-9]{1,64})<\/Code>/.exec(new TextDecoder().decode(bytes.subarray(0, 4096)))?.[1] ?? '')
    return { status: response.status, bytes, code, length: length === null ? undefined : Number(length) }
  }

  #url(key: string): URL {
    const { endpoint, bucket, pathStyle } = this.#settings
    const url = new URL(endpoint)
    const path = key.split('/').map(encodeURIComponent).join('/')
    if (pathStyle) url.pathname = `${url.pathname.replace(/\/$/, '')}/${bucket}/${path}`
    else {
      url.hostname = `${bucket}.${url.hostname}`
      url.pathname = `/${path}`
    }
    return url
  }
}
