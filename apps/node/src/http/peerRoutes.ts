import { getConnInfo } from '@hono/node-server/conninfo'
import { fail, toJson } from '@openledger/protocol'
import { attributionHeader } from '@openledger/sdk'
import { Hono } from 'hono'
import { readManifest } from '../deployments/AdapterFiles.ts'
import { announcementEnvelopeSchema } from '../nodes/announcementEnvelope.ts'
import { admitAttribution, attributionBodySchema, readAttributionHeader, takeAttribution } from '../nodes/takeAttribution.ts'
import { Turnstile } from '../nodes/Turnstile.ts'
import { RateLimit } from '../requests/RateLimit.ts'
import { readJson } from '../requests/readJson.ts'
import type { NodeParts } from './NodeParts.ts'

/** From one address: a node announces itself six times a minute, and several may share an address. */
const announcementsPerMinute = 240
const announcementBytes = 8 * 1024 * 1024
/** Each may be large, so few are read at once. */
const mostAttributions = 4
const attributionBytes = 64 * 1024 * 1024

/** /api/nodes, /api/revocations */
export function peerRoutes(parts: NodeParts): Hono {
  const { nodes, router, serving, content, models, network, attributions, clock } = parts
  const app = new Hono()
  const announcements = new RateLimit({ perMinute: announcementsPerMinute, burst: announcementsPerMinute / 2, now: () => clock.now() })
  const arrivals = new Turnstile(mostAttributions)

  app.get('/nodes', (c) => {
    const announced = new Map(nodes.registry.nodes.map((node) => [node.statement.node.toLowerCase(), node]))
    const items = router.standings(serving.info.id).map(({ id, ...standing }) => {
      const node = announced.get(id)
      const { url = null, profileHash = serving.info.profileHash, slots = null } = node?.statement ?? {}
      return { node: id, ...standing, url, profileHash, slots, stake: node?.stake ?? null, adapters: node?.adapters.size ?? null, heardAt: node?.heardAt ?? null, provenAt: node?.provenAt ?? null }
    })
    return c.json(toJson({ items }) as object)
  })
  app.post('/nodes', async (c) => {
    announcements.take(getConnInfo(c).remote.address ?? 'unknown')
    await nodes.registry.accept(await readJson(c, announcementEnvelopeSchema, announcementBytes))
    return c.json({ taken: true })
  })
  app.post('/nodes/attributions', async (c) => {
    const signed = readAttributionHeader(c.req.header(attributionHeader))
    const waiting = await admitAttribution({ network, attributions, now: () => clock.now() }, signed)
    if (!waiting) return c.json({ recorded: false })
    await arrivals.pass(waiting.statement.node, async () => takeAttribution({ content, attributions }, signed, waiting, await readJson(c, attributionBodySchema, attributionBytes)))
    return c.json({ recorded: true })
  })
  app.get('/revocations', async (c) => {
    const time = Number(c.req.query('time'))
    if (!Number.isSafeInteger(time) || time < 0) fail('BAD_REQUEST', 'time is in Unix seconds', { field: 'time' })
    const manifest = await readManifest(content, c.req.query('run') ?? fail('BAD_REQUEST', 'run is the content id of a run manifest', { field: 'run' }))
    return c.json({ items: [...(await models.revokedOf(manifest, time))].sort() })
  })
  return app
}
