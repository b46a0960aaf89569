import * as files from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { conformanceMaxBytes, contentStoreConformance, FolderStore } from '@openledger/datanet'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { S3Server } from '../test/S3Server.ts'
import { signatureFault } from '../test/signatureV4.ts'
import { CachedStore } from './CachedStore.ts'
import { s3Settings, type S3Settings } from '../storage/S3Settings.ts'
import { S3Store } from './S3Store.ts'

let server: S3Server
let folder: string
let prefixes = 0
beforeAll(async () => {
  server = await S3Server.start()
  folder = await files.mkdtemp(path.join(tmpdir(), 's3-store-'))
})
afterAll(async () => {
  await server.stop()
  await files.rm(folder, { recursive: true, force: true })
})
beforeEach(() => {
  server.faults.length = 0
  server.seen.length = 0
})

const bytes = new TextEncoder().encode('a file of some length')
const env = (): Record<string, string> => ({ AWS_ACCESS_KEY_ID: 'AKIDTEST', AWS_SECRET_ACCESS_KEY: 'secret/of+tests', AWS_REGION: 'eu-test-1', AWS_ENDPOINT_URL_S3: server.url })
const settings = (more: Partial<S3Settings> = {}): S3Settings => ({ ...s3Settings(`s3://ledger-content/p${prefixes++}`, env()), ...more })
/** No waiting between tries. */
const clock = { now: () => Date.now(), sleep: () => Promise.resolve() }
const store = (more: Partial<S3Settings> = {}, requestMs = 5000): S3Store => new S3Store(settings(more), { maxBytes: conformanceMaxBytes, clock, requestMs })

describe('S3Store', () => {
  for (const { name, run } of contentStoreConformance(async () => store())) it(name, run)
})

describe('CachedStore', () => {
  const cached = (far = store()): CachedStore => new CachedStore(far, new FolderStore(path.join(folder, String(prefixes++)), files, { maxBytes: conformanceMaxBytes }))
  for (const { name, run } of contentStoreConformance(async () => cached())) it(name, run)

  it('reads what it has near without asking, and asks when that is damaged', async () => {
    const near = path.join(folder, 'damaged')
    const both = new CachedStore(store(), new FolderStore(near, files))
    const cid = await both.put(bytes)
    server.seen.length = 0
    expect(await both.get(cid)).toEqual(bytes)
    expect(server.seen).toEqual([])
    await files.writeFile(path.join(near, cid.slice(-2), cid), 'damaged')
    expect(await both.get(cid)).toEqual(bytes)
    expect(await new FolderStore(near, files).get(cid)).toEqual(bytes)
  })

  it('does not say that it kept what the far store refused', async () => {
    await expect(cached(store({ secretAccessKey: 'wrong' })).put(bytes)).rejects.toMatchObject({ code: 'STORE_REFUSED' })
  })
})

describe('S3 requests', () => {
  it('the tests’ server checks signatures as the published example does', () => {
    // "Example: GET Object" of the manual's page on the Authorization header.
    const example = {
      method: 'GET',
      target: '/test.txt',
      bodyHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      headers: {
        host: 'examplebucket.s3.amazonaws.com',
        range: 'bytes=0-9',
        'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        'x-amz-date': '20130524T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
      },
    }
    const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', region: 'us-east-1' }
    const now = Date.UTC(2013, 4, 24)
    expect(signatureFault(example, credentials, now)).toBeUndefined()
    expect(signatureFault({ ...example, target: '/test2.txt' }, credentials, now)).toBe('SignatureDoesNotMatch')
    expect(signatureFault({ ...example, bodyHash: '00' }, credentials, now)).toBe('XAmzContentSHA256Mismatch')
    expect(signatureFault(example, credentials, now + 3_600_000)).toBe('RequestTimeTooSkewed')
  })

  it('refused credentials, regions and buckets are named, and not tried again', async () => {
    await expect(store({ secretAccessKey: 'wrong' }).put(bytes)).rejects.toMatchObject({ code: 'STORE_REFUSED', action: 'fix', message: expect.stringContaining('SignatureDoesNotMatch') })
    await expect(store({ region: 'us-east-1' }).list()).rejects.toMatchObject({ fix: expect.stringContaining('AWS_REGION') })
    await expect(store({ bucket: 'another' }).put(bytes)).rejects.toMatchObject({ code: 'WRITE_FAILED', fix: expect.stringContaining('bucket') })
    expect(server.seen).toHaveLength(3)
  })

  it('sends a session token, signed', async () => {
    server.credentials.sessionToken = 'session'
    await expect(store().put(bytes)).rejects.toMatchObject({ code: 'STORE_REFUSED' })
    const cid = await store({ sessionToken: 'session' }).put(bytes).finally(() => (server.credentials.sessionToken = undefined))
    expect(cid).toMatch(/^bafkrei/)
  })

  it('sends again what the store was too busy for, cut off or did not answer', async () => {
    const target = store({}, 300)
    server.faults.push({ status: 503, code: 'SlowDown' }, 'cut', 'silence', { status: 500, code: 'InternalError' })
    const cid = await target.put(bytes)
    expect(server.seen).toHaveLength(5)
    expect(await target.get(cid)).toEqual(bytes)
    server.faults.push(...Array.from({ length: 5 }, () => ({ status: 503, code: 'SlowDown' })))
    await expect(target.get(cid)).rejects.toMatchObject({ code: 'STORE_AWAY', action: 'retry', message: expect.stringContaining('503 SlowDown') })
  })

  it('names damaged content, and heals it by a new put', async () => {
    const own = settings()
    const target = new S3Store(own)
    const cid = await target.put(bytes)
    server.objects.set(own.prefix + cid, bytes.subarray(1))
    await expect(target.get(cid)).rejects.toMatchObject({ code: 'CORRUPT_CONTENT', message: expect.stringContaining(cid) })
    await target.put(bytes)
    expect(await target.get(cid)).toEqual(bytes)
  })

  it('lists over pages, and nothing of its neighbours', async () => {
    const own = settings()
    const target = new S3Store(own)
    const cids = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((word) => target.put(new TextEncoder().encode(word))))
    server.objects.set(`${own.prefix}notes.txt`, bytes)
    await new S3Store(settings()).put(bytes)
    expect(await target.list()).toEqual(cids.sort())
  })

  it('no error says a secret', async () => {
    const secret = 'secret/of+tests'
    const errors = await Promise.all([store({ bucket: 'another' }).put(bytes), store({ endpoint: 'http://127.0.0.1:1' }).put(bytes), store({ accessKeyId: 'other' }).list()].map((work) => work.then(() => undefined, (error: Error) => error)))
    for (const error of errors) expect(`${error!.message} ${error!.stack} ${JSON.stringify(error)} ${String(error!.cause)}`).not.toContain(secret)
    expect(errors.map((error) => (error as unknown as { code: string }).code)).toEqual(['WRITE_FAILED', 'STORE_AWAY', 'STORE_REFUSED'])
  })
})

describe('s3Settings', () => {
  it('reads addresses and the usual variables', () => {
    expect(s3Settings('s3://bucket/a/b/', { AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's', AWS_DEFAULT_REGION: 'eu-west-1' })).toEqual({ bucket: 'bucket', prefix: 'a/b/', endpoint: 'https://s3.eu-west-1.amazonaws.com', pathStyle: false, region: 'eu-west-1', accessKeyId: 'k', secretAccessKey: 's' })
    expect(s3Settings('s3://bucket', env())).toMatchObject({ prefix: '', endpoint: server.url, pathStyle: true })
    expect(s3Settings('s3://bucket', env(), { pathStyle: false })).toMatchObject({ pathStyle: false })
  })

  it.each(['bucket', 's3://', 's3://B', 'https://s3.example/bucket', 's3://bucket/with space'])('refuses %s', (address) => {
    expect(() => s3Settings(address, env())).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }))
  })

  it('asks for credentials', () => {
    expect(() => s3Settings('s3://bucket', {})).toThrow(expect.objectContaining({ code: 'NO_CREDENTIALS' }))
  })
})
