import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type FakeHubFile = { bytes: Buffer; large: boolean }
export type SeenRequest = { host: 'hub' | 'files'; url: string; authorization: string | undefined; range: string | undefined; ifRange: string | undefined }

const commit = 'c'.repeat(40)

/**
 * A hub on this machine that answers as the real one does: an API for commits and trees, small files from itself, large ones by a redirect to
 * another host that knows ranges and ETags. Tests change what it does by its fields.
 */
export class FakeHub {
  readonly files = new Map<string, FakeHubFile>()
  readonly seen: SeenRequest[] = []
  /** Needed to read anything. */
  token: string | null = null
  /** Answers of the hub's own host, before it does its work: status codes, taken one by one. */
  readonly statuses: number[] = []
  /** After how many bytes the file host cuts each connection, one by one; then no more. */
  readonly cuts: number[] = []
  /** Said in place of the true hash. */
  lie: string | null = null
  /** Whether the file host knows ranges. */
  ranges = true
  retryAfter = '0'
  readonly commit = commit
  readonly #servers: Server[] = []
  #fileHost = ''
  endpoint = ''

  static async start(): Promise<FakeHub> {
    const hub = new FakeHub()
    hub.endpoint = await hub.#listen((request, response) => hub.#answerHub(request, response))
    hub.#fileHost = await hub.#listen((request, response) => hub.#answerFiles(request, response))
    return hub
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)))))
  }

  /** Puts the files of a repository in place. */
  serve(files: Record<string, Uint8Array>): void {
    this.files.clear()
    for (const [path, bytes] of Object.entries(files)) this.files.set(path, { bytes: Buffer.from(bytes), large: /\.(gguf|safetensors)$/.test(path) })
  }

  async #listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
    const server = createServer(answer)
    this.#servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  #note(host: 'hub' | 'files', { url = '', headers }: IncomingMessage): void {
    this.seen.push({ host, url, authorization: headers.authorization, range: headers.range, ifRange: headers['if-range']?.toString() })
  }

  #answerHub(request: IncomingMessage, response: ServerResponse): void {
    this.#note('hub', request)
    const status = this.statuses.shift()
    if (status !== undefined) return void response.writeHead(status, { 'retry-after': this.retryAfter }).end('busy')
    if (this.token !== null && request.headers.authorization !== `Bearer ${this.token}`) return void response.writeHead(401).end()
    const path = decodeURIComponent(request.url!.split('?')[0]!)
    const json = (value: unknown): unknown => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (path === '/api/models/org/model/revision/main') return void json({ sha: commit })
    if (path === `/api/models/org/model/tree/${commit}`) {
      return void json([{ type: 'directory', path: 'folder' }, ...[...this.files].map(([name, { bytes, large }]) => ({ type: 'file', path: name, size: bytes.length, oid: large ? 'f'.repeat(40) : gitHash(bytes), ...(large ? { lfs: { oid: this.lie ?? sha256(bytes), size: bytes.length } } : {}) }))])
    }
    const file = this.files.get(path.replace(`/org/model/resolve/${commit}/`, ''))
    if (!file) return void response.writeHead(404).end()
    if (!file.large) return void response.writeHead(200, { etag: `"${gitHash(file.bytes)}"`, 'x-repo-commit': commit }).end(file.bytes)
    const name = path.slice(`/org/model/resolve/${commit}/`.length)
    response.writeHead(302, { location: `${this.#fileHost}/${name}?signature=abc`, 'x-linked-etag': `"${this.lie ?? sha256(file.bytes)}"`, 'x-linked-size': String(file.bytes.length) }).end()
  }

  #answerFiles(request: IncomingMessage, response: ServerResponse): void {
    this.#note('files', request)
    const { bytes } = this.files.get(decodeURIComponent(request.url!.split('?')[0]!.slice(1)))!
    const etag = `"${sha256(bytes).slice(0, 16)}"`
    const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]
    const partly = this.ranges && from !== undefined && request.headers['if-range'] === etag
    if (partly && Number(from) >= bytes.length) return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
    const body = partly ? bytes.subarray(Number(from)) : bytes
    response.writeHead(partly ? 206 : 200, { etag, 'content-length': body.length, ...(partly ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}) })
    const cut = this.cuts.shift()
    if (cut === undefined || cut >= body.length) return void response.end(body)
    response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 30))
  }
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const gitHash = (bytes: Buffer): string => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
