import type { IncomingMessage } from 'node:http'
import { OpenLedgerError } from '@openledger/protocol/errors'

/**
 * Reads a request's body as text.
 * @throws OpenLedgerError with status 413 when it is longer than allowed; the rest is not read
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  const tooLarge = (): OpenLedgerError =>
    new OpenLedgerError('CHAIN_REQUEST_TOO_LARGE', `the request has more than ${limit} bytes`, { status: 413, fix: 'send smaller requests' })
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge()
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > limit) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
