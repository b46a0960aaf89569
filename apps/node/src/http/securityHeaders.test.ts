import { Hono, type Context } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { afterEach, expect, it } from 'vitest'
import { streamText } from '../requests/streamText.ts'
import { listen, type Listener } from './listen.ts'
import { secured, securityHeaders } from './securityHeaders.ts'

let listener: Listener | undefined
afterEach(() => listener?.close(0))

const app = new Hono()
app.onError((error, c) => c.text(error.message, 500))
app.use(secured)
// What stands inside of it replaces some responses.
app.use('/replaced', async (_, next) => {
  await next()
  throw new RangeError('no')
})
function headersOf(response: Response): Record<string, string> {
  const found: Record<string, string> = {}
  response.headers.forEach((value, name) => (found[name] = value))
  return found
}

async function* pieces(): AsyncGenerator<string> {
  await Promise.resolve()
  yield 'a piece'
}
const streamed = (c: Context): Response => streamText(c, pieces(), { 'content-type': 'text/plain; charset=utf-8', 'x-own': 'yes' }, () => undefined)
app.get('/streamed', streamed).get('/replaced', streamed)
app.get('/text', (c) => c.text('text'))
app.get('/fails', () => {
  throw new RangeError('no')
})

it('has the headers that hono sets', async () => {
  const policy = { defaultSrc: ["'self'"], styleSrc: ["'self'", "'unsafe-inline'"], imgSrc: ["'self'", 'data:'], frameAncestors: ["'none'"] }
  const other = new Hono().use(secureHeaders({ contentSecurityPolicy: policy })).get('/', (c) => c.body(null))
  expect(headersOf(await other.request('/'))).toEqual(securityHeaders)
})

it.each([['/text', 200], ['/streamed', 200], ['/replaced', 500], ['/fails', 500], ['/nothing', 404]])('sets them on %s', async (path, status) => {
  listener = await listen(app, '127.0.0.1', 0)
  const response = await fetch(listener.url + path)
  expect(response.status).toBe(status)
  expect(headersOf(response)).toMatchObject(securityHeaders)
  if (path === '/streamed') expect(response.headers.get('x-own')).toBe('yes')
  expect(response.headers.has('x-openledger-direct')).toBe(false)
  await response.text()
})

it('sets them where a server writes no body itself', async () => {
  expect(headersOf(await app.request('/streamed'))).toMatchObject(securityHeaders)
})
