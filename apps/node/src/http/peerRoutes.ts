import { fail, toJson } from '@openledger/protocol'
import { Hono } from 'hono'
import { readManifest } from '../deployments/AdapterFiles.ts'
import { announcementEnvelopeSchema } from '../nodes/announcementEnvelope.ts'
import { attributionEnvelopeSchema, takeAttribution } from '../nodes/takeAttribution.ts'
import { readJson } from '../requests/readJson.ts'
import type { NodeParts } from './NodeParts.ts'

/** /api/nodes, /api/revocations */
export function peerRoutes(parts: NodeParts): Hono {
  const { nodes, router, serving, content, models, network, attributions, clock } = parts
  const app = new Hono()

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
    await nodes.registry.accept(await readJson(c, announcementEnvelopeSchema, 8 * 1024 * 1024))
    return c.json({ taken: true })
  })
  app.post('/nodes/attributions', async (c) => {
    const envelope = await readJson(c, attributionEnvelopeSchema, 64 * 1024 * 1024)
    return c.json({ recorded: await takeAttribution({ network, content, attributions, now: () => clock.now() }, envelope) })
  })
  app.get('/revocations', async (c) => {
    const time = Number(c.req.query('time'))
    if (!Number.isSafeInteger(time) || time < 0) fail('BAD_REQUEST', 'time is in Unix seconds', { field: 'time' })
    const manifest = await readManifest(content, c.req.query('run') ?? fail('BAD_REQUEST', 'run is the content id of a run manifest', { field: 'run' }))
    return c.json({ items: [...(await models.revokedOf(manifest, time))].sort() })
  })
  return app
}
