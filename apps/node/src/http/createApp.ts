import { OpenLedgerError } from '@openledger/protocol'
import { Hono } from 'hono'
import { matchedRoutes } from 'hono/route'
import { openaiRoutes } from '../openai/openaiRoutes.ts'
import { datanetRoutes } from './datanetRoutes.ts'
import { epochRoutes } from './epochRoutes.ts'
import { errorResponse } from '../requests/errorResponse.ts'
import { checkHost, checkOrigin, limitRate, shareWith } from '../requests/guards.ts'
import { healthView } from './healthView.ts'
import { nodeRoutes } from './nodeRoutes.ts'
import type { NodeParts } from './NodeParts.ts'
import { peerRoutes } from './peerRoutes.ts'
import { RateLimit } from '../requests/RateLimit.ts'
import { receiptRoutes } from './receiptRoutes.ts'
import { runRoutes } from './runRoutes.ts'
import { secured } from './securityHeaders.ts'

export type AppOptions = {
  /** Names by which this node may be called (the Host header, without port). */
  hosts: readonly string[]
  /** Origins whose pages may call the API. */
  origins: readonly string[]
  /** Calls that one token may make in a minute; all tokens of one address may make ten times as many. */
  callsPerMinute: number
  journalFault: () => string | undefined
}

/** The whole HTTP side of the node. */
export function createApp(parts: NodeParts, { hosts, origins, callsPerMinute, journalFault }: AppOptions): Hono {
  const { metrics, log, clock, assets } = parts
  const app = new Hono()
  app.onError((error, c) => errorResponse(c, error, log))
  app.notFound((c) => errorResponse(c, new OpenLedgerError('NOT_FOUND', `there is nothing at ${c.req.path.slice(0, 200)}`, { status: 404, fix: 'see the list of routes in the documentation' }), log))
  app.use(async (c, next) => {
    await next()
    metrics.requested(c.req.method, matchedRoutes(c).at(-1)?.path ?? 'none', c.res.status)
  })
  app.use(checkHost(hosts))
  if (origins.length > 0) app.use(shareWith(origins))
  app.use(checkOrigin(origins))
  app.use(secured)

  app.get('/health', async (c) => {
    const view = await healthView(parts, journalFault())
    return c.json(view, view.status === 'failed' ? 503 : 200)
  })
  app.get('/metrics', async (c) => c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType }))
  const limitOf = (perMinute: number): RateLimit => new RateLimit({ perMinute, burst: Math.ceil(perMinute / 3), now: () => clock.now() })
  const limit = limitRate(limitOf(callsPerMinute), limitOf(10 * callsPerMinute))
  app.use('/api/*', limit)
  app.use('/v1/*', limit)
  app.route('/v1', openaiRoutes(parts))
  for (const routes of [nodeRoutes, datanetRoutes, runRoutes, receiptRoutes, epochRoutes, peerRoutes]) app.route('/api', routes(parts))
  for (const [path, asset] of assets) app.get(path, (c) => c.body(asset.body, 200, { 'content-type': asset.contentType }))
  return app
}
