import { createHash, createHmac } from 'node:crypto'

const hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')
const mac = (key: string | Uint8Array, data: string): Buffer => createHmac('sha256', key).update(data).digest()
const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

export type SignedRequest = { method: string; /** Path and query as they came. */ target: string; headers: Record<string, string | undefined>; bodyHash: string }

/**
 * What is wrong with a request's AWS Signature Version 4 for S3, as the service's manual describes the check ("Authenticating Requests: Using the Authorization Header"); undefined when nothing is.
 * Written for the tests' server, apart from the library that signs.
 */
export function signatureFault({ method, target, headers, bodyHash }: SignedRequest, credentials: { accessKeyId: string; secretAccessKey: string; region: string; sessionToken?: string }, now: number): string | undefined {
  const [, keyId, day, region, service, signedHeaders, signature] = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? '') ?? []
  if (signature === undefined) return 'AccessDenied'
  if (keyId !== credentials.accessKeyId) return 'InvalidAccessKeyId'
  if (region !== credentials.region || service !== 's3') return 'AuthorizationHeaderMalformed'
  if (headers['x-amz-security-token'] !== credentials.sessionToken) return 'InvalidToken'
  const time = headers['x-amz-date'] ?? ''
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? []
  if (!time.startsWith(day!) || Math.abs(Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s)) - now) > 15 * 60_000) return 'RequestTimeTooSkewed'
  if (headers['x-amz-content-sha256'] !== bodyHash) return 'XAmzContentSHA256Mismatch'
  const names = signedHeaders!.split(';')
  for (const name of Object.keys(headers)) if ((name === 'host' || name.startsWith('x-amz-')) && !names.includes(name)) return 'AccessDenied'
  const url = new URL(target, 'http://host')
  const query = [...url.searchParams].map(([name, value]) => [encode(name), encode(value)]).sort(([a, b], [c, e]) => (a! < c! ? -1 : a! > c! ? 1 : b! < e! ? -1 : 1)).map((pair) => pair.join('=')).join('&')
  const path = decodeURIComponent(url.pathname).split('/').map(encode).join('/')
  const canonical = [method, path, query, ...names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`), '', signedHeaders, headers['x-amz-content-sha256']].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const key = mac(mac(mac(mac(`AWS4${credentials.secretAccessKey}`, day!), region!), 's3'), 'aws4_request')
  const expected = mac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hex(canonical)}`).toString('hex')
  return expected === signature ? undefined : 'SignatureDoesNotMatch'
}
