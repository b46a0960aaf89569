import { Hono, type Context } from 'hono'
import { afterEach, expect, it } from 'vitest'
import { streamText } from '../requests/streamText.ts'
import { listen, type Listener } from './listen.ts'
import { secured } from './securityHeaders.ts'

const securityHeaders = {
  'content-security-policy': "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=15552000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'SAMEORIGIN',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
}

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

it('has these headers, and no others', async () => {
  const other = new Hono().use(secured).get('/', (c) => c.body(null))
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
