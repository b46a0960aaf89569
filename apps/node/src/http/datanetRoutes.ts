import { toJson, type Hex } from '@openledger/protocol'
import { Hono } from 'hono'
import { z } from 'zod'
import { acceptContribution } from '../datanets/acceptContribution.ts'
import { listDatanets, listRecords, readContribution, readDatanet, readRecord, readSnapshotView } from '../datanets/datanetViews.ts'
import { exportFormats, exportSnapshot } from '../datanets/exportSnapshot.ts'
import { decideAppeal } from '../datanets/decideAppeal.ts'
import { decideReview } from '../datanets/decideReview.ts'
import { prepareSnapshot } from '../datanets/prepareSnapshot.ts'
import { setMetadata, type DatanetMetadata } from '../datanets/setMetadata.ts'
import { catchUp } from './catchUp.ts'
import { datanetParam, hash32, hashParam, pageParams } from '../requests/fields.ts'
import { requireOperator } from '../requests/guards.ts'
import { nowSeconds, type NodeParts } from './NodeParts.ts'
import { parseFields, readBytes, readJson } from '../requests/readJson.ts'

const maxBundleBytes = 64 * 1024 * 1024
const metadataSchema = z.looseObject({ name: z.string().min(1).max(200), description: z.string().max(10_000) })
const reviewSchema = z.strictObject({ contributionId: hash32, status: z.enum(['accepted', 'rejected']), reason: z.string().min(1).max(1000), by: z.string().min(1).max(100) })

const appealSchema = z.strictObject({ contributionId: hash32, distinct: z.boolean(), reason: z.string().min(1).max(1000), by: z.string().min(1).max(100) })

const formatSchema = z.object({ format: z.enum(exportFormats) })

/** /api/datanets, /api/records, /api/contributions, /api/snapshots */
export function datanetRoutes(parts: NodeParts): Hono {
  const { query, names, operatorToken } = parts
  const app = new Hono()
  // Contributions are judged one after the other: each is compared with those before it.
  let turn: Promise<unknown> = Promise.resolve()

  app.get('/datanets', async (c) => c.json({ items: await listDatanets(query, names) }))
  app.get('/datanets/:id', async (c) => c.json(await readDatanet(query, names, datanetParam(c).toString())))
  app.post('/datanets/:id/metadata', async (c) => {
    const metadata = (await readJson(c, metadataSchema)) as DatanetMetadata
    return c.json({ cid: await setMetadata(parts, datanetParam(c), metadata) })
  })
  app.get('/datanets/:id/records', async (c) => c.json(await listRecords(query, datanetParam(c).toString(), pageParams(c))))
  app.post('/datanets/:id/contributions', async (c) => {
    const id = datanetParam(c)
    const bundle = await readBytes(c, maxBundleBytes)
    const accepted = turn.then(() => acceptContribution(parts, id, bundle))
    turn = accepted.catch(() => undefined)
    const { id: contributionId, isNew } = await accepted
    return c.json(await readContribution(query, contributionId), isNew ? 201 : 200)
  })
  app.post('/datanets/:id/snapshots', async (c) => {
    requireOperator(c, operatorToken)
    await catchUp(parts)
    const prepared = await prepareSnapshot(parts, datanetParam(c))
    return c.json(toJson(prepared) as object, 201)
  })
  app.get('/contributions/:id', async (c) => c.json(await readContribution(query, hashParam(c))))
  app.get('/records/:id', async (c) => c.json(await readRecord(query, hashParam(c))))
  app.post('/records/:id/review', async (c) => {
    requireOperator(c, operatorToken)
    const decision = await readJson(c, reviewSchema)
    await decideReview({ ...parts, now: nowSeconds(parts) }, { recordId: hashParam(c) as Hex, ...decision })
    return c.json(await readRecord(query, hashParam(c)))
  })
  app.post('/records/:id/appeal', async (c) => {
    requireOperator(c, operatorToken)
    await decideAppeal(parts, { recordId: hashParam(c) as Hex, ...(await readJson(c, appealSchema)) })
    return c.json(await readRecord(query, hashParam(c)))
  })
  app.get('/snapshots/:id/export', async (c) => {
    const { body, contentType, name } = await exportSnapshot(parts, hashParam(c), parseFields(formatSchema, { format: c.req.query('format') ?? 'jsonl' }).format, new URL(c.req.url).origin)
    return c.body(body as Uint8Array<ArrayBuffer>, 200, { 'content-type': contentType, 'content-disposition': `attachment; filename="${name}"` })
  })
  app.get('/snapshots/:id', async (c) => c.json(await readSnapshotView(query, hashParam(c))))
  return app
}
