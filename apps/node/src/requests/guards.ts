import { getConnInfo } from '@hono/node-server/conninfo'
import { fail, OpenLedgerError } from '@openledger/protocol'
import type { Context, MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import { sameSecret } from '../keys/operatorToken.ts'
import type { RateLimit } from './RateLimit.ts'

/** The token after `Bearer`, or undefined. */
export function bearer(c: Context): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
}

/** Whether the caller showed the operator's token. */
export function isOperator(c: Context, operatorToken: string): boolean {
  const token = bearer(c)
  return token !== undefined && sameSecret(token, operatorToken)
}

/** Lets only the operator pass; throws OPERATOR_ONLY (401). */
export function requireOperator(c: Context, operatorToken: string): void {
  if (isOperator(c, operatorToken)) return
  throw new OpenLedgerError('OPERATOR_ONLY', 'this call is for the operator of the node', { status: 401, fix: 'send "authorization: Bearer <token>" with the token from operator.token in the data folder' })
}

/**
 * Answers only to the names that this node is meant to be called by: a page of another site that resolves its own name to this
 * machine (DNS rebinding) is refused.
 */
export function checkHost(allowed: readonly string[]): MiddlewareHandler {
  const names = new Set(allowed.map((name) => name.toLowerCase()))
  return async (c, next) => {
    const host = (c.req.header('host') ?? '').toLowerCase().replace(/:\d+$/, '')
    if (!names.has(host)) fail('WRONG_HOST', `this node is not called "${host.slice(0, 80)}"`, { status: 403, fix: 'call it by the address that it printed, or start it with that name allowed' })
    await next()
  }
}

/** Browsers say where a call comes from: only pages of the node itself, and of the origins that its operator named, may call it. */
export function checkOrigin(allowed: readonly string[]): MiddlewareHandler {
  const origins = new Set(allowed)
  return async (c, next) => {
    const origin = c.req.header('origin')
    if (origin !== undefined && !origins.has(origin) && c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      const host = URL.canParse(origin) ? new URL(origin).host : ''
      if (host !== c.req.header('host')) fail('WRONG_ORIGIN', 'pages of other sites may not call this node', { status: 403, fix: 'call it from its own page or from a program, or have its operator name this origin with --origins' })
    }
    await next()
  }
}

/** Lets browsers show the API's answers to pages of other origins (CORS). No cookies are in use: a page needs a key, a token or a payment of its own. */
export function shareWith(origins: readonly string[]): MiddlewareHandler {
  return cors({
    origin: [...origins],
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: ['authorization', 'content-type', 'payment-signature', 'x-openledger-channel', 'x-openledger-voucher'],
    exposeHeaders: ['payment-required', 'payment-response', 'retry-after', 'x-openledger-receipt'],
    maxAge: 600,
  })
}

/** Counts calls by the token that they carry, and by the caller's address, whose tokens together may make ten times as many. */
export function limitRate(byToken: RateLimit, byAddress: RateLimit): MiddlewareHandler {
  return async (c, next) => {
    const from = getConnInfo(c).remote.address ?? 'unknown'
    byAddress.take(from)
    byToken.take(bearer(c) ?? from)
    await next()
  }
}
