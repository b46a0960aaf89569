import type { MiddlewareHandler } from 'hono'
import { isDirectHead, type DirectBody } from '../requests/streamText.ts'

/** What every response says to browsers: the headers of hono/secure-headers, and that pages take everything from this node and stand in no other page. */
export const securityHeaders: Readonly<Record<string, string>> = {
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
const entries = Object.entries(securityHeaders)

/** Sets them. Those of a body that the server writes itself go straight to its head: each that is set on a Headers is checked and sorted again. */
export const secured: MiddlewareHandler = async (c, next) => {
  await next()
  const { direct } = ((c.env as unknown) ?? {}) as { direct?: DirectBody }
  if (direct?.body && isDirectHead(c.res)) direct.headers = securityHeaders
  else for (const [name, value] of entries) c.res.headers.set(name, value)
}
