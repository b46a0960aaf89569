import { digestOfCid, fail, formatOpen, toJson } from '@openledger/protocol'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { readKey } from '../keys/keyFile.ts'
import { statusView } from '../views/statusView.ts'
import { hash32 } from '../requests/fields.ts'
import { requireOperator } from '../requests/guards.ts'
import type { NodeParts } from './NodeParts.ts'
import { readJson } from '../requests/readJson.ts'

const keySchema = z.strictObject({ name: z.string().min(1).max(64), payerKey: z.string().min(1).max(64), channelId: hash32 })
const heartbeatMs = 15_000
const maxWatchers = 64

/** /api/status, /api/network, /api/node, /api/content, /api/events, /api/keys */
export function nodeRoutes(parts: NodeParts): Hono {
  const { network, node, gateway, serving, engineSettings, answers, content, events, apiKeys, operatorToken, keysDir, clock } = parts
  const app = new Hono()

  app.get('/status', async (c) => c.json(await statusView({ ...parts, indexer: parts.indexer.state, profile: serving.info.profile })))
  app.get('/network', (c) => c.json(toJson(network) as object))
  app.get('/node', async (c) => {
    const { id, commitment, profile, profileHash, positions } = serving.info
    const platformFee = await parts.chain.platformFee()
    const base = { id, name: engineSettings.modelName, commitment, contextTokens: positions, cid: parts.baseCid }
    return c.json({ node, gateway, chainId: network.chainId, base, profile, profileHash, platformFee: platformFee.toString(), platformFeeOpen: formatOpen(platformFee), commitment: answers.secrets.commit() })
  })
  app.get('/content/:cid', async (c) => {
    const cid = c.req.param('cid')
    digestOfCid(cid)
    const bytes = await content.get(cid)
    return c.body(bytes as Uint8Array<ArrayBuffer>, 200, { 'content-type': 'application/octet-stream', 'cache-control': 'public, max-age=31536000, immutable' })
  })
  app.get('/events', (c) => {
    if (events.watchers >= maxWatchers) fail('TOO_MANY_WATCHERS', 'too many watch this node', { status: 503, action: 'retry' })
    return streamSSE(c, async (stream) => {
      for (const event of c.req.query('replay') === 'true' ? events.latest : []) await stream.writeSSE({ data: JSON.stringify(event) })
      await stream.write(': connected\n\n')
      const unwatch = events.watch((event) => void stream.writeSSE({ data: JSON.stringify(event) }))
      const gone = new AbortController()
      const leave = (): void => gone.abort()
      stream.onAbort(leave)
      events.closing.addEventListener('abort', leave)
      try {
        while (!gone.signal.aborted) {
          await clock.sleep(heartbeatMs, gone.signal)
          await stream.write(': alive\n\n')
        }
      } finally {
        events.closing.removeEventListener('abort', leave)
        unwatch()
      }
    })
  })

  app.get('/keys', (c) => {
    requireOperator(c, operatorToken)
    return c.json({ items: apiKeys.list().map(({ name, payerKey, channelId, createdAt }) => ({ name, payerKey, channelId, createdAt })) })
  })
  app.post('/keys', async (c) => {
    requireOperator(c, operatorToken)
    const body = await readJson(c, keySchema)
    const account = await readKey(keysDir, body.payerKey)
    if (!account) return fail('NO_KEY', `there is no key "${body.payerKey}" in the data folder of this node`, { field: 'payerKey' })
    const channel = await parts.channels.onChain(body.channelId, 0)
    if (channel?.payer.toLowerCase() !== account.address.toLowerCase()) fail('NOT_PAYER', 'this key is not the payer of that channel', { field: 'channelId' })
    if (apiKeys.list().some((entry) => entry.name === body.name)) fail('NAME_TAKEN', `there is a key called ${body.name}`, { status: 409, field: 'name' })
    return c.json({ name: body.name, key: await apiKeys.create({ ...body, createdAt: clock.now() }) }, 201)
  })
  app.delete('/keys/:name', async (c) => {
    requireOperator(c, operatorToken)
    if (!(await apiKeys.revoke(c.req.param('name')))) fail('UNKNOWN_KEY', 'there is no such key', { status: 404 })
    return c.json({ revoked: c.req.param('name') })
  })
  return app
}
