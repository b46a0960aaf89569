import { once } from 'node:events'
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { zeroHash } from '@openledger/protocol'
import { Http2Connection } from './Http2Connection.ts'
import { OrderStream } from './OrderStream.ts'

let server: Http2Server
let connection: Http2Connection
let sessions: ServerHttp2Session[]
let streams: { stream: ServerHttp2Stream; path: string }[]
/** What the node has been told, on all streams. */
let heard: string
/** What the node does with a line of an order. */
let serve: (stream: ServerHttp2Stream, id: number, order: string) => void
let status: number
const never = new AbortController().signal
const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'none', (error: { code?: string }) => error.code ?? String(error))

beforeEach(async () => {
  sessions = []
  streams = []
  heard = ''
  status = 200
  serve = () => undefined
  server = createServer()
  server.on('session', (session) => sessions.push(session))
  server.on('stream', (stream, headers) => {
    streams.push({ stream, path: headers[':path']! })
    stream.on('error', () => undefined).respond({ ':status': status })
    stream.on('data', (bytes: Buffer) => {
      heard += bytes.toString()
      for (const line of bytes.toString().split('\n')) if (/^\d+ /.test(line)) serve(stream, parseInt(line), line.slice(line.indexOf(' ') + 1))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  connection = new Http2Connection({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, certificate: zeroHash })
})
afterEach(() => {
  connection.close()
  for (const session of sessions) session.destroy()
  server.close()
})

/** Gives an order and takes lines up to one that is "end". */
async function give(order: string, signal = new AbortController().signal, onLine: (line: string) => void = () => undefined): Promise<string[]> {
  const lines: string[] = []
  await connection.order(order, (line) => (onLine(line), lines.push(line), line !== 'end'), signal)
  return lines
}

describe('orders to a node', () => {
  it('share one stream, and each has its own lines in the turn in which they came', async () => {
    const given: { stream: ServerHttp2Stream; id: number }[] = []
    serve = (stream, id, order) => {
      stream.write(`${id} first of ${order}\n`)
      given.push({ stream, id })
      if (given.length < 50) return
      // The last line of one order and the first of the next come in one piece, and a line in two.
      const last = given.map((each) => `${each.id} second\n${each.id} end\n`).join('')
      stream.write(last.slice(0, 11))
      setImmediate(() => stream.write(last.slice(11)))
    }
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => give(`order ${i}`)))
    expect(answers).toEqual(Array.from({ length: 50 }, (_, i) => [`first of order ${i}`, 'second', 'end']))
    expect([sessions.length, streams.length]).toEqual([1, 1])
  })

  it('are called off by a line, and what comes after that is nobody’s', async () => {
    serve = (stream, id) => void stream.write(`${id} a\n`)
    for (let i = 0; i < 1100; i++) {
      const stop = new AbortController()
      expect(await codeOf(give('{}', stop.signal, () => stop.abort()))).toBe('CANCELLED')
    }
    serve = (stream, id) => void stream.write(`1 late\n${id} end\n`)
    expect(await give('{}')).toEqual(['end'])
    expect(heard.startsWith('1 {}\n1\n2 {}\n2\n')).toBe(true)
    expect([sessions.length, streams.length]).toEqual([1, 1])
    expect(await codeOf(give('{}', AbortSignal.abort()))).toBe('CANCELLED')
    expect(heard).not.toContain('1102 ')
  })

  it('fail one by one when what they bring is not taken, and the node is told', async () => {
    serve = (stream, id, order) => void stream.write(order === 'bad' ? `${id} x\n` : `${id} end\n`)
    const bad = give('bad', never, () => {
      throw new TypeError('not this')
    })
    await expect(bad).rejects.toThrow('not this')
    expect(await give('good')).toEqual(['end'])
    expect(heard).toBe('1 bad\n1\n2 good\n')
  })

  it('all fail at once when the stream ends, and the next one has another', async () => {
    serve = (stream, id, order) => void (order === 'last' ? stream.end() : order === 'fresh' && stream.write(`${id} end\n`))
    expect(await Promise.all(['a', 'b', 'last'].map((order) => codeOf(give(order))))).toEqual(['NODE_LOST', 'NODE_LOST', 'NODE_LOST'])
    expect(await give('fresh')).toEqual(['end'])
    expect([sessions.length, streams.length]).toEqual([1, 2])
    serve = (stream) => stream.session?.destroy()
    expect(await Promise.all(['a', 'b'].map((order) => codeOf(give(order))))).toEqual(['NODE_LOST', 'NODE_LOST'])
    serve = (stream, id) => void stream.write(`${id} end\n`)
    expect(await give('fresh')).toEqual(['end'])
    expect(sessions).toHaveLength(2)
  })

  it.each([
    ['a line of no order', 'hello\n'],
    ['a line of an order that was not given', '2 end\n'],
    ['a number that is none', '1.5 end\n'],
    ['a line without an end', 'x'.repeat(17 * 1024 * 1024)],
    ['more than may have been on its way for what is over', `${'1 a\n'.repeat(3)}1 end\n${`1 ${'y'.repeat(1024 * 1024)}\n`.repeat(17)}`],
  ])('all fail when the node sends %s', async (_, said) => {
    serve = (stream, id) => void (id === 1 && stream.write(said))
    const first = codeOf(give('{}'))
    expect(['none', 'NODE_SPEAKS_ODDLY']).toContain(await first)
    expect(await codeOf(give('{}'))).toBe('NODE_SPEAKS_ODDLY')
  })

  it('are not given when they are too long for the node: that would end the stream for all', async () => {
    expect(await codeOf(give('x'.repeat(4 * 1024 * 1024 + 1)))).toBe('ORDER_TOO_LONG')
    serve = (stream, id) => void stream.write(`${id} end\n`)
    expect(await give('{}')).toEqual(['end'])
  })

  it('all fail when the node reads nothing', async () => {
    const unread = new OrderStream(new Duplex({ read: () => undefined, write: () => undefined }), () => new TypeError('lost'))
    const order = 'x'.repeat(4 * 1024 * 1024)
    const given = Array.from({ length: 10 }, () => unread.send(order, () => true, new AbortController().signal))
    expect(await Promise.all(given.map((each) => each.catch(String)))).toEqual(Array(10).fill('TypeError: lost'))
    expect(unread.isOver).toBe(true)
  })

  it('are not taken by a node that knows no such stream', async () => {
    status = 404
    expect(await codeOf(give('{}'))).toBe('ORDER_REFUSED')
  })

  it('keep nothing at the signal they came with', async () => {
    serve = (stream, id) => void stream.write(`${id} end\n`)
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    for (let i = 0; i < 3; i++) await give('{}', signal)
    expect([added.mock.calls.length, removed.mock.calls.map(([, listener]) => listener)]).toEqual([3, added.mock.calls.map(([, listener]) => listener)])
  })
})

describe('a connection to a node', () => {
  it('brings the reply to what is posted, beside orders that go on', async () => {
    const going = codeOf(give('{}'))
    await vi.waitFor(() => expect(heard).toBe('1 {}\n'))
    status = 429
    const posted = connection.post('/possession', '{"a":1}', never)
    await vi.waitFor(() => expect(heard).toContain('{"a":1}'))
    streams.find(({ path }) => path === '/possession')!.stream.end('slower')
    const reply = await posted
    expect([reply.status, Buffer.from(reply.body).toString()]).toEqual([429, 'slower'])
    connection.close()
    expect(await going).toBe('NODE_LOST')
    expect(await codeOf(connection.post('/', '{}', never))).toBe('NODE_LOST')
    expect(await codeOf(give('{}'))).toBe('NODE_LOST')
  })

  it('does not take more than was asked for, and lets go of what is called off', async () => {
    const long = codeOf(connection.post('/long', '{}', never))
    await vi.waitFor(() => expect(streams).toHaveLength(1))
    streams[0]!.stream.end('x'.repeat(70_000))
    expect(await long).toBe('NODE_SPEAKS_ODDLY')
    await new Promise((resolve) => setTimeout(resolve, 20))
    const stop = new AbortController()
    const off = codeOf(connection.post('/off', '{}', stop.signal))
    await vi.waitFor(() => expect(streams).toHaveLength(2))
    const closed = once(streams[1]!.stream, 'close')
    stop.abort()
    expect(await off).toBe('CANCELLED')
    await closed
  })
})
