import { describe, expect, it } from 'vitest'
import { cidOf, OpenLedgerError, readArtefact, signedVoucherSchema, StorageError, type Hex } from '@openledger/protocol'
import { MemoryStore } from '@openledger/datanet'
import { FallbackContent } from './FallbackContent.ts'
import { paymentHeaders } from './HttpNode.ts'
import { nodeError } from './nodeError.ts'
import { readEvents } from './readEvents.ts'

const id = `0x${'5a'.repeat(32)}` as Hex

describe('nodeError', () => {
  it("keeps the node's code, field and advice", () => {
    const error = nodeError(402, JSON.stringify({ error: { message: 'too little', type: 'payment_required', param: 'deposit', code: 'DEPOSIT_TOO_SMALL', fix: 'deposit more' } }))
    expect(error).toMatchObject({ name: 'PaymentError', code: 'DEPOSIT_TOO_SMALL', field: 'deposit', fix: 'deposit more', message: 'too little', action: 'fix' })
  })

  it.each([[400, 'fix'], [404, 'fix'], [409, 'fix'], [429, 'retry'], [503, 'retry'], [507, 'retry'], [500, 'stop']] as const)('status %i means %s', (status, action) => {
    expect(nodeError(status, '<html>').action).toBe(action)
    expect(nodeError(status, 'null').code).toBe(`HTTP_${status}`)
  })
})

describe('readEvents', () => {
  const read = async (...chunks: string[]): Promise<string[]> => {
    const found: string[] = []
    const body = (async function* () {
      for (const chunk of chunks) yield new TextEncoder().encode(chunk)
    })()
    for await (const data of readEvents(body)) found.push(data)
    return found
  }

  it('joins what came in pieces, passes over comments, and joins the lines of one event', async () => {
    expect(await read('data: {"a"', ':1}\n', '\n: alive\n\ndata: b\nda', 'ta: c\n\nevent: x\ndata:[DONE]')).toEqual(['{"a":1}', 'b\nc'])
    expect(await read('data: last\n')).toEqual(['last'])
  })

  it('keeps a character that was cut in two', async () => {
    const bytes = new TextEncoder().encode('data: é\n\n')
    const body = (async function* () {
      yield bytes.slice(0, 7)
      yield bytes.slice(7)
    })()
    for await (const data of readEvents(body)) expect(data).toBe('é')
  })
})

describe('paymentHeaders', () => {
  it('carries the last voucher as the node reads it', () => {
    const headers = paymentHeaders({ channelId: id, voucher: { cumulative: 10n ** 20n, signature: '0x01' } })
    expect(headers['x-openledger-channel']).toBe(id)
    expect(readArtefact(signedVoucherSchema, Buffer.from(headers['x-openledger-voucher']!, 'base64url'))).toEqual({ statement: { channelId: id, cumulative: 10n ** 20n }, signature: '0x01' })
    expect(paymentHeaders({ channelId: id })).toEqual({ 'x-openledger-channel': id })
  })
})

describe('FallbackContent', () => {
  const bytes = new TextEncoder().encode('a file')

  it('asks the second place for what is missing, and says "missing" when both lack it', async () => {
    const content = new FallbackContent(new MemoryStore(), (cid) => (cid === cidOf(bytes) ? Promise.resolve(bytes) : Promise.reject(new OpenLedgerError('NODE_AWAY', 'away'))))
    expect(await content.get(cidOf(bytes))).toEqual(bytes)
    await expect(content.get(cidOf(new Uint8Array([1])))).rejects.toMatchObject({ code: 'MISSING_CONTENT' })
  })

  it('does not let a second place hide a damaged file', async () => {
    const damaged = Object.assign(new MemoryStore(), { get: () => Promise.reject(new StorageError('CORRUPT_CONTENT', 'damaged')) })
    await expect(new FallbackContent(damaged, () => Promise.resolve(bytes)).get(cidOf(bytes))).rejects.toMatchObject({ code: 'CORRUPT_CONTENT' })
  })
})
