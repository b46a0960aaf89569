import { corruptContent, maxContentBytes, missingContent, type ContentStore } from '@openledger/datanet'
import { cidOf, cidOfDigest, digestOfCid, fail, fromHex, StorageError } from '@openledger/protocol'
import { systemClock, type Clock } from '../config/Clock.ts'
import { S3Link, type S3Answer } from './S3Link.ts'
import type { S3Settings } from '../storage/S3Settings.ts'

export type S3StoreOptions = { maxBytes?: number; clock?: Clock; random?: () => number; attempts?: number; requestMs?: number }

const unescape = (xml: string): string => xml.replace(/&(amp|lt|gt|quot|apos|#39);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'" })[name]!)

/**
 * A content store in a bucket of an S3-compatible service: `<prefix><content id>`. What is put carries its SHA-256, which the service checks; what is got is checked
 * here, every time. Several nodes may share a bucket: a file's name is its hash.
 */
export class S3Store implements ContentStore {
  readonly #link: S3Link
  readonly #prefix: string
  readonly #maxBytes: number

  constructor(settings: S3Settings, { maxBytes = maxContentBytes, clock = systemClock, random = Math.random, attempts = 5, requestMs = 20_000 }: S3StoreOptions = {}) {
    this.#link = new S3Link(settings, { clock, random, attempts, requestMs })
    this.#prefix = settings.prefix
    this.#maxBytes = maxBytes
  }

  /** Throws InputError CONTENT_TOO_LARGE; StorageError STORE_AWAY, STORE_REFUSED or WRITE_FAILED. */
  async put(bytes: Uint8Array): Promise<string> {
    if (bytes.length > this.#maxBytes) fail('CONTENT_TOO_LARGE', `a file has at most ${this.#maxBytes} bytes, this one ${bytes.length}`)
    const body = bytes.slice()
    const cid = cidOf(body)
    const digest = digestOfCid(cid)
    const checksum = Buffer.from(fromHex(digest)).toString('base64')
    const answer = await this.#link.send({ method: 'PUT', key: this.#prefix + cid, body, sha256: digest.slice(2), headers: { 'content-type': 'application/octet-stream', 'x-amz-checksum-sha256': checksum } })
    if (answer.status !== 200) throw this.#refusal(answer, 'WRITE_FAILED', `${cid} cannot be written`)
    return cid
  }

  /** Throws InputError BAD_CID; StorageError MISSING_CONTENT, CORRUPT_CONTENT, STORE_AWAY, STORE_REFUSED or READ_FAILED. */
  async get(cid: string): Promise<Uint8Array> {
    const name = cidOfDigest(digestOfCid(cid))
    const answer = await this.#link.send({ method: 'GET', key: this.#prefix + name })
    if (answer.status === 404 && answer.code !== 'NoSuchBucket') throw missingContent(name)
    if (answer.status !== 200) throw this.#refusal(answer, 'READ_FAILED', `${name} cannot be read`)
    if (answer.bytes.length > this.#maxBytes || cidOf(answer.bytes) !== name) throw corruptContent(name, `${this.#link.name}/${this.#prefix}${name}`)
    return answer.bytes
  }

  async has(cid: string): Promise<boolean> {
    const name = cidOfDigest(digestOfCid(cid))
    const answer = await this.#link.send({ method: 'HEAD', key: this.#prefix + name })
    if (answer.status === 404) return false
    if (answer.status !== 200) throw this.#refusal(answer, 'READ_FAILED', `${name} cannot be looked up`)
    return true
  }

  async list(): Promise<string[]> {
    const found: string[] = []
    for (let token: string | undefined = ''; token !== undefined; ) {
      const answer: S3Answer = await this.#link.send({ method: 'GET', key: '', query: { 'list-type': '2', prefix: this.#prefix, ...(token ? { 'continuation-token': token } : {}) } })
      if (answer.status !== 200) throw this.#refusal(answer, 'READ_FAILED', 'the files cannot be listed')
      const xml = new TextDecoder().decode(answer.bytes)
      for (const [, key] of xml.matchAll(/<Key>([^<]*)<\/Key>/g)) {
        const name = unescape(key!).slice(this.#prefix.length)
        if (/^b[a-z2-7]{58}$/.test(name)) found.push(name)
      }
      const next: string | undefined = /<NextContinuationToken>([^<]*)<\/NextContinuationToken>/.exec(xml)?.[1]
      token = next === undefined ? undefined : unescape(next)
    }
    return found.sort()
  }

  #refusal({ status, code }: S3Answer, otherwise: string, what: string): StorageError {
    const why = `${status} ${code}`.trim()
    const refused = status === 401 || status === 403
    const fixes: Record<string, string> = {
      NoSuchBucket: 'create the bucket, or name another',
      RequestTimeTooSkewed: 'set the clock of this machine',
      PermanentRedirect: 'set AWS_REGION to the region of the bucket',
      AuthorizationHeaderMalformed: 'set AWS_REGION to the region of the bucket',
    }
    const fix = fixes[code] ?? (refused ? 'check the credentials, and that they may get, put and list objects of the bucket' : 'see what the store says about itself, then try again')
    return new StorageError(refused ? 'STORE_REFUSED' : otherwise, `${what} in ${this.#link.name} (${why})`, { action: refused ? 'fix' : 'retry', status: 503, fix })
  }
}
