import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { signatureFault } from './signatureV4.ts'

/** What goes wrong with the next requests: an answer with this status and code, no answer, or a cut connection. */
export type S3Fault = { status: number; code: string } | 'silence' | 'cut'

/** An S3 service for tests, as strict as the real one where our store touches it: signatures, payload hashes, checksums, buckets, pages of lists. Keys are listed two a page. */
export class S3Server {
  readonly objects = new Map<string, Uint8Array>()
  readonly seen: { method: string; path: string; fault: string }[] = []
  readonly faults: S3Fault[] = []
  readonly credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret/of+tests', region: 'eu-test-1', sessionToken: undefined as string | undefined }
  readonly bucket = 'ledger-content'
  readonly #server: Server

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async start(): Promise<S3Server> {
    const server = new S3Server()
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const method = request.method!
    const url = new URL(request.url!, this.url)
    const sha256 = createHash('sha256').update(body).digest()
    const fault = signatureFault({ method, target: request.url!, headers: request.headers as Record<string, string>, bodyHash: sha256.toString('hex') }, this.credentials, Date.now())
    this.seen.push({ method, path: url.pathname, fault: fault ?? '' })
    const refuse = (status: number, code: string): unknown => response.writeHead(status, { 'content-type': 'application/xml' }).end(method === 'HEAD' ? undefined : `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`)
    const planned = this.faults.shift()
    if (planned === 'silence') return
    if (planned === 'cut') return void request.socket.destroy()
    if (planned) return void refuse(planned.status, planned.code)
    if (fault) return void refuse(fault === 'XAmzContentSHA256Mismatch' ? 400 : 403, fault)
    const [, bucket, key = ''] = /^\/([^/]+)(?:\/(.*))?$/.exec(decodeURIComponent(url.pathname)) ?? []
    if (bucket !== this.bucket) return void refuse(404, 'NoSuchBucket')
    if (method === 'PUT') {
      if (request.headers['x-amz-checksum-sha256'] !== sha256.toString('base64')) return void refuse(400, 'BadDigest')
      this.objects.set(key, body)
      return void response.writeHead(200).end()
    }
    if (method === 'GET' && key === '') return void response.writeHead(200, { 'content-type': 'application/xml' }).end(this.#page(url.searchParams))
    const object = this.objects.get(key)
    if (!object) return void refuse(404, 'NoSuchKey')
    response.writeHead(200, { 'content-length': object.length }).end(method === 'HEAD' ? undefined : object)
  }

  #page(query: URLSearchParams): string {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort()
    // A token with the signs that must be escaped in XML and in a query.
    const after = query.get('continuation-token')?.replace(/^1\/\+&=</, '')
    const rest = after === undefined ? keys : keys.filter((key) => key > after)
    const page = rest.slice(0, 2)
    const next = rest.length > 2 ? `<IsTruncated>true</IsTruncated><NextContinuationToken>1/+&amp;=&lt;${page.at(-1)}</NextContinuationToken>` : '<IsTruncated>false</IsTruncated>'
    return `<?xml version="1.0"?><ListBucketResult>${next}${page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}</ListBucketResult>`
  }
}
