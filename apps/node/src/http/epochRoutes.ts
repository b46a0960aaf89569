import { fail } from '@openledger/protocol'
import { Hono } from 'hono'
import { z } from 'zod'
import { listEpochs, readEpochView } from '../views/epochViews.ts'
import { errorFields } from '../config/Log.ts'
import { readMoney } from '../views/moneyView.ts'
import { catchUp } from './catchUp.ts'
import { address } from '../requests/fields.ts'
import { requireOperator } from '../requests/guards.ts'
import { nowSeconds, type NodeParts } from './NodeParts.ts'
import { parseFields } from '../requests/readJson.ts'

const payeeSchema = z.object({ payee: address })

/** /api/epochs, /api/balances, /api/money */
export function epochRoutes(parts: NodeParts): Hono {
  const { query, settlement, balances, operatorToken } = parts
  const gateway = parts.gateway.toLowerCase() as typeof parts.gateway
  const app = new Hono()

  app.get('/epochs', async (c) => c.json({ items: await listEpochs(query, gateway, nowSeconds(parts)) }))
  app.post('/epochs', async (c) => {
    requireOperator(c, operatorToken)
    const index = await settlement.settle()
    if (index === null) return c.json(null)
    await catchUp(parts)
    return c.json(await readEpochView(query, gateway, index, nowSeconds(parts)), 201)
  })
  app.get('/epochs/:index', async (c) => {
    const text = c.req.param('index')
    if (!/^\d{1,9}$/.test(text)) fail('BAD_REQUEST', 'an epoch index is a whole number from 0', { field: 'index' })
    return c.json(await readEpochView(query, gateway, Number(text), nowSeconds(parts)))
  })
  app.get('/balances', async (c) => c.json({ items: await balances.list(nowSeconds(parts)) }))
  app.get('/balances/:payee', async (c) => {
    const { payee } = parseFields(payeeSchema, { payee: c.req.param('payee') })
    return c.json(await balances.read(payee, nowSeconds(parts)))
  })
  app.get('/money/:payee', async (c) => {
    const { payee } = parseFields(payeeSchema, { payee: c.req.param('payee') })
    await catchUp(parts).catch((error: unknown) => parts.log.warn('money.stale', errorFields(error)))
    return c.json(await readMoney(parts, payee, nowSeconds(parts)))
  })
  return app
}
