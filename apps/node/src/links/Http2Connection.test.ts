import { once } from 'node:events'
import { createServer, type Http2Server, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { zeroHash } from '@openledger/protocol'
import { Http2Connection } from './Http2Connection.ts'

let server: Http2Server
let connection: Http2Connection
let sessions: ServerHttp2Session[]
/** What the node does with a request. */
let serve: (stream: ServerHttp2Stream, path: string) => void
const never = new AbortController().signal
const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'none', (error: { code?: string }) => error.code ?? String(error))

beforeEach(async () => {
  sessions = []
  server = createServer()
  server.on('session', (session) => sessions.push(session))
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined).respond({ ':status': 200 })
    serve(stream, headers[':path']!)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  connection = new Http2Connection({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, certificate: zeroHash })
})
afterEach(() => {
  connection.close()
  for (const session of sessions) session.destroy()
  server.close()
})

/** A stream that goes on beside all others until `finish` is called. */
async function longAnswer(): Promise<{ finish: () => Promise<string> }> {
  const began = new Promise<ServerHttp2Stream>((resolve) => (serve = resolve))
  const { read } = await connection.post('/long', '{}', never)
  const long = await began
  let text = ''
  const whole = read((piece) => ((text += new TextDecoder().decode(piece)), true))
  return {
    finish: async () => {
      long.end('whole')
      await whole
      return text
    },
  }
}

describe('a connection to a node', () => {
  it('is not used up by answers that are read to their last line', async () => {
    const { finish } = await longAnswer()
    serve = (stream) => void stream.end('last line\n')
    for (let i = 0; i < 1200; i++) {
      const { read } = await connection.post('/', '{}', never)
      await read(() => false)
    }
    expect(await finish()).toBe('whole')
    expect(sessions).toHaveLength(1)
  })

  it('gives way to another one before a node takes what is called off for an attack; what is under way goes on', async () => {
    const { finish } = await longAnswer()
    serve = (stream) => void stream.write('first line\n')
    for (let i = 0; i < 1100; i++) {
      const stop = new AbortController()
      const { read } = await connection.post('/', '{}', stop.signal)
      const reading = read(() => (stop.abort(), true))
      expect(await codeOf(reading)).toBe('CANCELLED')
    }
    expect(sessions).toHaveLength(3)
    expect(await finish()).toBe('whole')
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(sessions.map(({ destroyed }) => destroyed)).toEqual([true, true, false])
  })

  it('ends with all connections before it', async () => {
    const { finish } = await longAnswer()
    serve = (stream) => void stream.write('first line\n')
    for (let i = 0; i < 400; i++) {
      const stop = new AbortController()
      await connection.post('/', '{}', stop.signal)
      stop.abort()
    }
    connection.close()
    expect(await codeOf(finish())).toBe('NODE_LOST')
    expect(await codeOf(connection.post('/', '{}', never))).toBe('NODE_LOST')
  })

  it('is taken from a node that does not end its answer', async () => {
    const ended = new Promise<number>((resolve) => {
      serve = (stream) => void stream.on('close', () => resolve(stream.rstCode)).write('last line\n')
    })
    const { read } = await connection.post('/', '{}', never)
    await read(() => false)
    expect(await ended).toBe(8)
  })
})
