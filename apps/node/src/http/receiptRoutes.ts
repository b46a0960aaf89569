import { fail, OpenLedgerError, readArtefact, signedVoucherSchema, statementDomain, toJson, verifyStatement, type Hex } from '@openledger/protocol'
import { Hono, type Context } from 'hono'
import { isAddress, type Address } from 'viem'
import { voucherHeader } from '../openai/payerOf.ts'
import { listChannels } from '../views/channelViews.ts'
import { channelOfReceipt, listReceipts, readAnswer, readAnswerDetail, readBundle, readPayments, type Audience } from '../views/receiptViews.ts'
import { errorFields } from '../config/Log.ts'
import { catchUp } from './catchUp.ts'
import { hashParam, pageParams } from '../requests/fields.ts'
import { bearer, isOperator, requireOperator } from '../requests/guards.ts'
import { nowSeconds, type NodeParts } from './NodeParts.ts'
import { readBytes } from '../requests/readJson.ts'

/** Whether the caller may read a receipt's words: the operator, the API key that paid, or whoever shows a voucher that the channel's payer signed. */
async function isHolder(c: Context, parts: NodeParts, channelId: Hex): Promise<boolean> {
  if (isOperator(c, parts.operatorToken)) return true
  const key = bearer(c)
  if (key !== undefined && parts.apiKeys.find(key)?.channelId === channelId) return true
  const voucher = voucherHeader(c)
  if (voucher?.statement.channelId !== channelId) return false
  const channel = await parts.channels.onChain(channelId, 60_000)
  if (!channel) return false
  await verifyStatement(statementDomain(parts.network.chainId, parts.network.contracts.channels), 'Voucher', voucher.statement, voucher.signature, channel.payer)
  return true
}

async function requireHolder(c: Context, parts: NodeParts, id: Hex): Promise<void> {
  if (await isHolder(c, parts, await channelOfReceipt(parts.query, id))) return
  throw new OpenLedgerError('HOLDER_ONLY', 'prompt and answer are for the payer of this answer and for the operator', {
    status: 401,
    fix: 'send the API key that paid, the operator token, or the last voucher of the channel in x-openledger-voucher; /public shows the statement to everybody',
  })
}

/** /api/receipts, /api/vouchers, /api/channels */
export function receiptRoutes(parts: NodeParts): Hono {
  const { query, channels, promises, names, operatorToken } = parts
  const app = new Hono()
  const audience = (c: Context): Audience => (isOperator(c, operatorToken) ? 'holder' : 'public')

  app.get('/receipts', async (c) => c.json(await listReceipts(query, channels, pageParams(c), audience(c))))
  app.get('/receipts/:id', async (c) => {
    const id = hashParam(c)
    await requireHolder(c, parts, id)
    return c.body((await readBundle(query, id)).text, 200, { 'content-type': 'application/json' })
  })
  app.get('/receipts/:id/public', async (c) => {
    const { bundle } = await readBundle(query, hashParam(c))
    return c.json(toJson({ kind: 'openledger/public-receipt/1', domain: bundle.domain, receipt: bundle.receipt, attributionDeadline: bundle.attributionDeadline, completion: bundle.completion, shares: bundle.shares }) as object)
  })
  app.get('/receipts/:id/summary', async (c) => {
    const id = hashParam(c)
    const holds = await isHolder(c, parts, await channelOfReceipt(query, id))
    return c.json(await readAnswer(query, channels, id, holds ? 'holder' : 'public'))
  })
  app.get('/receipts/:id/view', async (c) => {
    const id = hashParam(c)
    await requireHolder(c, parts, id)
    return c.json(await readAnswerDetail(query, channels, id))
  })
  app.get('/receipts/:id/records', async (c) => {
    const id = hashParam(c)
    await requireHolder(c, parts, id)
    const contributor = c.req.query('contributor')
    if (contributor !== undefined && !isAddress(contributor, { strict: false })) fail('BAD_ADDRESS', 'contributor is not an address', { field: 'contributor' })
    return c.json(await parts.drillDowns.of(id, (await readBundle(query, id)).bundle, contributor as Address | undefined))
  })
  app.get('/receipts/:id/payments', async (c) => c.json(await readPayments(query, names, hashParam(c), nowSeconds(parts))))

  app.get('/receipts/:id/promise', async (c) => c.json(toJson(await promises.find(hashParam(c))) as object))

  app.post('/vouchers', async (c) => {
    const { statement, signature } = readArtefact(signedVoucherSchema, await readBytes(c, 64 * 1024))
    const account = await channels.acceptVoucher({ ...statement, signature })
    await promises.promise(statement.channelId)
    const open = await promises.openOf(statement.channelId)
    return c.json(toJson({ channelId: statement.channelId, spent: account.spent, vouchered: account.vouchered, promises: open }) as object)
  })
  app.get('/channels', async (c) => {
    requireOperator(c, operatorToken)
    // With the chain away, what was known last is better than nothing.
    await catchUp(parts).catch((error: unknown) => parts.log.warn('channels.stale', errorFields(error)))
    return c.json({ items: await listChannels(query, channels, parts.gateway) })
  })
  app.get('/channels/:id', async (c) => {
    const id = hashParam(c)
    const onChain = await channels.onChain(id, 0)
    if (!onChain) return fail('UNKNOWN_CHANNEL', 'the chain knows no such payment channel', { status: 404 })
    const { spent, vouchered, reserved } = channels.account(id)
    return c.json(toJson({ id, ...onChain, spent, vouchered, reserved }) as object)
  })
  return app
}
