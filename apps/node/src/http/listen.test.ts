import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { Hono, type MiddlewareHandler } from 'hono'
import { afterEach, expect, it } from 'vitest'
import { streamText } from '../requests/streamText.ts'
import { listen, type Listener } from './listen.ts'

const piece = 'x'.repeat(64 * 1024)
const pieces = 512

let listener: Listener | undefined
afterEach(() => listener?.close(0))

/** What became of one body. */
type Body = { made: number; ended: boolean; gone: number }

function streaming(body: Body, middleware: MiddlewareHandler = (_, next) => next()): Hono {
  const app = new Hono()
  app.onError((error, c) => c.text(error.message, 500))
  app.use(middleware)
  async function* make(): AsyncGenerator<string> {
    try {
      for (; body.made < pieces; body.made++) {
        await Promise.resolve()
        yield piece
      }
    } finally {
      body.ended = true
    }
  }
  app.get('/', (c) => streamText(c, make(), { 'content-type': 'text/plain; charset=utf-8' }, () => void body.gone++))
  return app
}
const fresh = (): Body => ({ made: 0, ended: false, gone: 0 })

async function asked(app: Hono): Promise<IncomingMessage> {
  listener = await listen(app, '127.0.0.1', 0)
  const [response] = (await once(get(listener.url), 'response')) as [IncomingMessage]
  return response
}

const until = async (done: () => boolean): Promise<void> => {
  for (let i = 0; i < 500 && !done(); i++) await wait(10)
  expect(done()).toBe(true)
}

it('writes a body that is still being made, with all headers that the application gave it', async () => {
  const body = fresh()
  const marked: MiddlewareHandler = async (c, next) => {
    await next()
    c.header('x-marked', 'yes')
  }
  const response = await asked(streaming(body, marked))
  expect([response.statusCode, response.headers['x-marked'], response.headers['content-type'], response.headers['x-openledger-direct']]).toEqual([200, 'yes', 'text/plain; charset=utf-8', undefined])
  let length = 0
  for await (const chunk of response) length += (chunk as Buffer).length
  expect([length, body.ended]).toEqual([pieces * piece.length, true])
})

it('frames chunks so that the next response can follow on the same connection, and writes none to a client of HTTP/1.0', async () => {
  const app = new Hono()
  async function* words(): AsyncGenerator<string> {
    for (const word of ['é', '', 'two\r\n', '𝄞']) {
      await wait(1)
      yield word
    }
  }
  app.get('/', (c) => streamText(c, words(), { 'content-type': 'text/plain; charset=utf-8' }, () => undefined))
  listener = await listen(app, '127.0.0.1', 0)
  const said = async (request: string): Promise<string> => {
    const socket = connect(listener!.port, '127.0.0.1')
    socket.write(request)
    let text = ''
    for await (const bytes of socket.setEncoding('utf8')) text += String(bytes)
    return text
  }
  const line = 'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n'
  const bodies = (await said(`${line}\r\n${line}connection: close\r\n\r\n`)).split(/HTTP\/1\.1 200 OK\r\n[^]*?\r\n\r\n/).slice(1)
  const whole = '2\r\né\r\n5\r\ntwo\r\n\r\n4\r\n𝄞\r\n0\r\n\r\n'
  expect(bodies).toEqual([whole, whole])
  expect((await said('GET / HTTP/1.0\r\nhost: 127.0.0.1\r\n\r\n')).split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe('étwo\r\n𝄞')
})

it('gives the same body to a server that writes none itself', async () => {
  const body = fresh()
  expect((await (await streaming(body).request('/')).text()).length).toBe(pieces * piece.length)
  expect(body.ended).toBe(true)
})

it('makes no more for a client that does not read, and goes on when it does', async () => {
  const body = fresh()
  const response = await asked(streaming(body))
  let last = -1
  await until(() => last === (last = body.made) && last > 0)
  await wait(300)
  // What lies in the buffers of both sockets; 32 MiB were wanted.
  expect(body.made).toBeLessThan(pieces / 2)
  let length = 0
  for await (const chunk of response) length += (chunk as Buffer).length
  expect(length).toBe(pieces * piece.length)
})

it('tells when a client leaves, also one that does not read, and ends what makes the body', async () => {
  const body = fresh()
  const response = await asked(streaming(body))
  response.destroy()
  await until(() => body.ended && body.gone > 0)
  expect(body.made).toBeLessThan(pieces)
})

it('ends what makes a body in whose place something else is sent', async () => {
  const body = fresh()
  const failing: MiddlewareHandler = async (_, next) => {
    await next()
    throw new RangeError('no')
  }
  const response = await asked(streaming(body, failing))
  expect(response.statusCode).toBe(500)
  response.resume()
  await once(response, 'end')
  await until(() => body.gone > 0)
  expect(body.made).toBe(0)
})
