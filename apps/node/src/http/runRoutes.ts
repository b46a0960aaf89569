import { deploymentSchema, signed, toJson, trainingRunSchema } from '@openledger/protocol'
import { Hono } from 'hono'
import { z } from 'zod'
import { registerDeployment } from '../deployments/registerDeployment.ts'
import { finishedRun, publishRun } from '../runs/publishRun.ts'
import { adapterLicence, methodSchema, recipeSchema, snapshotIdsSchema } from '../runs/RunRequest.ts'
import { listAdapters, listDeployments, listRuns, readRun } from '../views/runViews.ts'
import { address, hash32 } from '../requests/fields.ts'
import { requireOperator } from '../requests/guards.ts'
import type { NodeParts } from './NodeParts.ts'
import { readJson } from '../requests/readJson.ts'

const runSchema = z.strictObject({ name: z.string(), trainer: address, baseId: hash32.optional(), snapshotIds: snapshotIdsSchema, recipe: recipeSchema.default({}), method: methodSchema.optional(), licence: trainingRunSchema.shape.licence.default(adapterLicence) })
const signature = signed(trainingRunSchema).shape.signature
const publicationSchema = z.strictObject({ signature })
const deploySchema = z.strictObject({ statement: deploymentSchema, signature, name: z.string().optional() })

/** /api/runs, /api/adapters, /api/deployments */
export function runRoutes(parts: NodeParts): Hono {
  const { query, runs, operatorToken, serving, engineSettings, network, content, ledger, chain, baseCid } = parts
  const app = new Hono()
  const progress = runs.progress.bind(runs)
  const base = { id: serving.info.id, commitment: serving.info.commitment, name: engineSettings.modelName, cid: baseCid }

  app.get('/runs', async (c) => c.json({ items: await listRuns(query, progress) }))
  app.post('/runs', async (c) => {
    requireOperator(c, operatorToken)
    const body = await readJson(c, runSchema)
    const id = await runs.submit({ ...body, baseId: body.baseId ?? serving.info.id })
    return c.json(await readRun(query, id, progress), 201)
  })
  app.get('/runs/:id', async (c) => c.json(await readRun(query, c.req.param('id'), progress)))
  app.post('/runs/:id/stop', async (c) => {
    requireOperator(c, operatorToken)
    await runs.stop(c.req.param('id'))
    return c.json(await readRun(query, c.req.param('id'), progress))
  })
  app.get('/runs/:id/statement', async (c) => c.json(toJson((await finishedRun(query, c.req.param('id'))).run) as object))
  app.post('/runs/:id/publication', async (c) => {
    const body = await readJson(c, publicationSchema)
    return c.json(await publishRun({ network, query, ledger, content, base }, c.req.param('id'), body.signature))
  })
  app.get('/adapters', async (c) => c.json({ items: await listAdapters(query) }))
  app.get('/deployments', async (c) => c.json({ items: await listDeployments(query) }))
  app.post('/deployments', async (c) => {
    const { statement, signature: by, name } = await readJson(c, deploySchema)
    return c.json(await registerDeployment({ network, chain, query, ledger, content, base }, statement, by, name), 201)
  })
  return app
}
