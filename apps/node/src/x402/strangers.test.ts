import { PaymentError, readPaymentHeader, statementDomain, paymentRequiredSchema, signStatement, signTransferAuthorization, wopenDomain, writePaymentHeader, zeroHash, type Hex, type PaymentRequired, type SettlementResponse } from '@openledger/protocol'
import { ChannelScheme, ensureWopen, readChannel, readTill, readWopenBalance, sendCall, type AnswerView, type LedgerWriter, type MoneyView, type PaymentsView } from '@openledger/sdk'
import { decodePaymentResponseHeader, wrapFetchWithPayment, x402Client, type SchemeRegistration } from '@x402/fetch'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import OpenAI from 'openai'
import { encodeFunctionData, parseAbi } from 'viem'
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testWriter } from '../test/deployTestLedger.ts'
import { startBaseNode, type BaseNode } from '../test/startBaseNode.ts'

let base: BaseNode
let writer: LedgerWriter
const gift = 10n ** 17n
const wopenAbi = parseAbi(['function transfer(address to, uint256 amount) returns (bool)', 'function cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)', 'function transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)'])
const ask = { model: 'tiny', messages: [{ role: 'user' as const, content: 'who lives in the red house?' }], max_tokens: 6 }
type Answered = OpenAI.ChatCompletion & { openledger: AnswerView }

/** Somebody with WOPEN, no coin for gas, no key of this node and no channel. */
async function stranger(amount = gift): Promise<PrivateKeyAccount> {
  const account = privateKeyToAccount(generatePrivateKey())
  await sendCall(writer, { name: 'gift', to: base.network.contracts.wopen, data: encodeFunctionData({ abi: wopenAbi, functionName: 'transfer', args: [account.address, amount] }) })
  return account
}
const balance = (account: { address: Hex }): Promise<bigint> => readWopenBalance(writer, account.address)
const post = (body: object, headers: Record<string, string> = {}): Promise<Response> => fetch(`${base.node.url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
const requiredOf = (response: Response): PaymentRequired => readPaymentHeader(paymentRequiredSchema, response.headers.get('payment-required')!)
const responseOf = (response: Response): SettlementResponse => decodePaymentResponseHeader(response.headers.get('payment-response')!) as SettlementResponse
/** The official client, whose owner lets it spend WOPEN up to a cap: tokens that it does not know are off by default. */
const clientOf = (client: SchemeRegistration['client']): x402Client =>
  x402Client.fromConfig({ schemes: [{ network: 'eip155:*', client }], spendControls: { allowedAssets: [{ network: `eip155:${base.network.chainId}`, asset: base.network.contracts.wopen, maxAmountPerPayment: gift.toString() }] } })
const exactFetch = (account: PrivateKeyAccount): typeof fetch => wrapFetchWithPayment(fetch, clientOf(new ExactEvmScheme(account)))

async function sign(account: PrivateKeyAccount, change: Partial<{ to: Hex; value: bigint; validAfter: bigint; validBefore: bigint; nonce: Hex; by: PrivateKeyAccount; scheme: string; network: string }> = {}): Promise<string> {
  const [offer] = requiredOf(await post(ask)).accepts
  const { by = account, scheme, network, ...fields } = change
  const authorization = { from: account.address, to: offer!.payTo, value: BigInt(offer!.amount), validAfter: 0n, validBefore: BigInt(Math.floor(Date.now() / 1000) + 60), nonce: generatePrivateKey(), ...fields }
  const signature = await signTransferAuthorization(by, base.network.chainId, base.network.contracts.wopen, authorization)
  return writePaymentHeader({ x402Version: 2, accepted: { ...offer, ...(scheme ? { scheme } : {}), ...(network ? { network } : {}) }, payload: { authorization, signature } })
}

/** Waits for what the node does after it has answered. */
async function until<T>(look: () => Promise<T>, good: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await look()
    if (good(value) || tries === 100) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const closedChannel = (id: Hex) => until(() => readChannel(writer, id), (channel) => channel?.closed === true)

beforeAll(async () => {
  base = await startBaseNode({ creditLimit: 10n ** 15n })
  writer = testWriter(base.network, 0)
  await ensureWopen(writer, base.network.contracts.channels, 10n ** 19n)
}, 180_000)
afterAll(() => base?.stop())

describe('exact', () => {
  it('says without a payment what an answer can cost and how it can be paid', async () => {
    const response = await post(ask)
    expect(response.status).toBe(402)
    const { accepts, resource, x402Version } = requiredOf(response)
    expect(x402Version).toBe(2)
    expect(resource.url).toBe(`${base.node.url}/v1/chat/completions`)
    expect(accepts.map((a) => a.scheme)).toEqual(['exact', 'batch-settlement'])
    expect(accepts[0]).toMatchObject({ network: `eip155:${base.network.chainId}`, asset: base.network.contracts.wopen, payTo: await readTill(writer, base.node.gateway, true) })
    const longer = requiredOf(await post({ ...ask, max_tokens: 12 }))
    const twice = requiredOf(await post({ ...ask, n: 2 }))
    expect(BigInt(longer.accepts[0]!.amount)).toBeGreaterThan(BigInt(accepts[0]!.amount))
    expect(BigInt(twice.accepts[0]!.amount)).toBe(2n * BigInt(accepts[0]!.amount))
    expect(((await response.json()) as { error: object }).error).toMatchObject({ code: 'NO_PAYMENT', type: 'payment_required' })
  })

  it('lets the official x402 client pay under the official OpenAI client, and gives the rest back', async () => {
    const account = await stranger()
    const client = new OpenAI({ baseURL: `${base.node.url}/v1`, apiKey: 'x402', maxRetries: 0, fetch: exactFetch(account) })
    const { data, response } = await client.chat.completions.create(ask).withResponse()
    const { openledger } = data as Answered
    const price = BigInt(requiredOf(await post(ask)).accepts[0]!.amount)
    expect(responseOf(response)).toMatchObject({ success: true, payer: account.address, amount: price.toString(), transaction: expect.stringMatching(/^0x[0-9a-f]{64}$/) as string })
    const channel = await closedChannel(openledger.channel!.id)
    expect(channel).toMatchObject({ prepaid: true, collected: BigInt(openledger.fee), deposited: BigInt(openledger.fee) })
    expect(BigInt(openledger.fee)).toBeLessThanOrEqual(price)
    expect(gift - (await balance(account))).toBe(BigInt(openledger.fee))
    // Stopped before max_tokens it costs less than was authorised, and the rest comes back.
    const [stop] = Array.from(data.choices[0]!.message.content!)
    const short = (await client.chat.completions.create({ ...ask, max_tokens: 20, stop: [stop!] })) as Answered
    const closed = await closedChannel(short.openledger.channel!.id)
    expect(closed!.collected).toBe(BigInt(short.openledger.fee))
    const authorised = BigInt(requiredOf(await post({ ...ask, max_tokens: 20, stop: [stop!] })).accepts[0]!.amount)
    expect(closed!.collected).toBeLessThan(authorised)
    expect(gift - (await balance(account))).toBe(BigInt(openledger.fee) + BigInt(short.openledger.fee))
    const { totals } = await base.api.get<MoneyView>(`/api/money/${account.address}`)
    expect(totals).toMatchObject({ paidIn: (price + authorised).toString(), paidOut: (price - BigInt(openledger.fee) + authorised - BigInt(short.openledger.fee)).toString(), held: '0' })
  })

  it('streams, pays for several answers to one request, and settles them all in an epoch', async () => {
    const account = await stranger()
    const client = new OpenAI({ baseURL: `${base.node.url}/v1`, apiKey: 'x402', maxRetries: 0, fetch: exactFetch(account) })
    const { data: stream, response } = await client.chat.completions.create({ ...ask, n: 2, stream: true }).withResponse()
    expect(responseOf(response).success).toBe(true)
    let chunks = 0
    for await (const chunk of stream) chunks += chunk.choices.length
    expect(chunks).toBeGreaterThan(2)
    const { channelId } = responseOf(response).extensions!.openledger as { channelId: Hex }
    const channel = await closedChannel(channelId)
    expect(channel!.collected).toBeGreaterThan(0n)
    expect(await balance(account)).toBe(gift - channel!.collected)
    expect(await base.api.post('/api/epochs', {})).toMatchObject({ index: 0 })
    // Every coin of it is found: what was paid, what it cost, what came back.
    const money = await base.api.get<MoneyView>(`/api/money/${account.address}`)
    const { paidIn, spent, paidOut } = money.totals
    expect(money.totals).toMatchObject({ earned: '0', spent: channel!.collected.toString(), held: '0' })
    expect(BigInt(paidIn)).toBe(BigInt(spent) + BigInt(paidOut))
    expect(money.wallet).toEqual({ open: '0', wopen: (gift - channel!.collected).toString() })
    expect(money.places).toMatchObject([{ kind: 'channel', id: channelId, paidIn }])
    expect(money.places[0]!.moves.slice(0, 2)).toMatchObject([{ what: 'deposited', amount: paidIn }, { what: 'spent on answers', amount: `-${spent}` }])
    const { items } = await base.api.get<{ items: AnswerView[] }>('/api/receipts')
    const answers = items.filter((a) => a.channel!.id === channelId)
    expect(answers).toHaveLength(2)
    for (const { receiptId, fee } of answers) {
      const { paid, epoch, lines } = await base.api.get<PaymentsView>(`/api/receipts/${receiptId}/payments`)
      expect(paid).toEqual({ payer: account.address.toLowerCase(), channelId, fee, collected: money.places[0]!.moves[1]!.transaction })
      expect(epoch).toMatchObject({ index: 0, transaction: expect.stringMatching(/^0x/) as string })
      expect(lines.reduce((sum, line) => sum + BigInt(line.amount), 0n)).toBe(BigInt(fee))
      // Who is paid finds it among what is earned, and knows until when it can be disputed.
      const payee = await base.api.get<MoneyView>(`/api/money/${lines[0]!.payee}`)
      const earnings = payee.places.find((p) => p.kind === 'earnings')!
      expect(BigInt(earnings.held)).toBeGreaterThanOrEqual(BigInt(lines[0]!.amount))
      expect(earnings.why).not.toBe('')
    }
    const staked = await base.api.get<MoneyView>(`/api/money/${base.node.gateway}`)
    expect(staked.places.find((p) => p.kind === 'bond' && p.id === 'gateway')).toMatchObject({ spent: '0', until: null })
  })

  it('serves one payment once, also when it comes twice at the same time or after a restart', async () => {
    const account = await stranger()
    const header = await sign(account)
    const both = await Promise.all([post(ask, { 'payment-signature': header }), post(ask, { 'payment-signature': header })])
    expect(both.map((r) => r.status).sort()).toEqual([200, 402])
    expect(responseOf(both.find((r) => r.status === 402)!)).toMatchObject({ success: false, errorReason: 'invalid_transaction_state', transaction: '' })
    await base.restart()
    const again = await post(ask, { 'payment-signature': header })
    expect(again.status).toBe(402)
    expect(responseOf(again).errorReason).toBe('invalid_transaction_state')
  }, 240_000)

  it('refuses what is not what it asked for, with the reasons of x402, and takes nothing', async () => {
    const account = await stranger()
    const now = BigInt(Math.floor(Date.now() / 1000))
    const cases: [Parameters<typeof sign>[1], string][] = [
      [{ value: 1n }, 'invalid_exact_evm_payload_authorization_value'],
      [{ to: base.node.gateway }, 'invalid_exact_evm_payload_recipient_mismatch'],
      [{ to: await readTill(writer, base.node.gateway, false) }, 'invalid_exact_evm_payload_recipient_mismatch'],
      [{ validBefore: now - 1n }, 'invalid_exact_evm_payload_authorization_valid_before'],
      [{ validAfter: now + 100n }, 'invalid_exact_evm_payload_authorization_valid_after'],
      [{ by: privateKeyToAccount(generatePrivateKey()) }, 'invalid_exact_evm_payload_signature'],
      [{ scheme: 'upto' }, 'unsupported_scheme'],
      [{ network: 'eip155:1' }, 'invalid_network'],
    ]
    for (const [change, reason] of cases) {
      const response = await post(ask, { 'payment-signature': await sign(account, change) })
      expect([response.status, responseOf(response).errorReason]).toEqual([402, reason])
      expect(requiredOf(response).accepts).toHaveLength(2)
    }
    expect((await post(ask, { 'payment-signature': 'not base64!' })).status).toBe(400)
    expect(responseOf(await post(ask, { 'payment-signature': await sign(await stranger(1n)) })).errorReason).toBe('insufficient_funds')
    // A payment for a short answer buys no long one.
    expect(responseOf(await post({ ...ask, max_tokens: 60 }, { 'payment-signature': await sign(account) })).errorReason).toBe('invalid_exact_evm_payload_authorization_value')
    expect(await balance(account)).toBe(gift)
  })

  it('takes a payment that somebody else carried out first, but not a cancelled one', async () => {
    const account = await stranger()
    const header = await sign(account)
    const { payload } = JSON.parse(atob(header)) as { payload: { authorization: { from: Hex; to: Hex; value: string; validAfter: string; validBefore: string; nonce: Hex }; signature: Hex } }
    const { from, to, value, validAfter, validBefore, nonce } = payload.authorization
    const { signature: s } = payload
    const args = [from, to, BigInt(value), BigInt(validAfter), BigInt(validBefore), nonce, parseInt(s.slice(130), 16), s.slice(0, 66) as Hex, `0x${s.slice(66, 130)}`] as const
    await sendCall(writer, { name: 'front run', to: base.network.contracts.wopen, data: encodeFunctionData({ abi: wopenAbi, functionName: 'transferWithAuthorization', args }) })
    const response = await post(ask, { 'payment-signature': header })
    expect(response.status).toBe(200)
    const { openledger } = (await response.json()) as Answered
    await closedChannel(openledger.channel!.id)
    expect(await balance(account)).toBe(gift - BigInt(openledger.fee))
    const late = await stranger()
    const cancelled = await sign(late)
    const { nonce: gone } = (JSON.parse(atob(cancelled)) as { payload: { authorization: { nonce: Hex } } }).payload.authorization
    const domain = { ...wopenDomain, chainId: base.network.chainId, verifyingContract: base.network.contracts.wopen }
    const types = { CancelAuthorization: [{ name: 'authorizer', type: 'address' }, { name: 'nonce', type: 'bytes32' }] } as const
    const cancel = await late.signTypedData({ domain, types, primaryType: 'CancelAuthorization', message: { authorizer: late.address, nonce: gone } })
    const cut = [late.address, gone, parseInt(cancel.slice(130), 16), cancel.slice(0, 66) as Hex, `0x${cancel.slice(66, 130)}`] as const
    await sendCall(writer, { name: 'cancel', to: base.network.contracts.wopen, data: encodeFunctionData({ abi: wopenAbi, functionName: 'cancelAuthorization', args: cut }) })
    expect(responseOf(await post(ask, { 'payment-signature': cancelled })).errorReason).toBe('invalid_transaction_state')
  })

  it('gives all of it back when there is no answer', async () => {
    const account = await stranger()
    const bad = { ...ask, openledger: { node_commitment: zeroHash } }
    const header = await sign(account)
    const response = await post(bad, { 'payment-signature': header })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(await until(() => balance(account), (held) => held === gift)).toBe(gift)
  })
})

describe('batch-settlement', () => {
  it('opens a channel by an authorised deposit and pays for each answer by a voucher, without any gas', async () => {
    const account = await stranger()
    const seen: Hex[] = []
    const readSpent = async (id: Hex): Promise<bigint> => (seen.push(id), BigInt((await (await fetch(`${base.node.url}/api/channels/${id}`)).json() as { spent?: string }).spent ?? 0))
    const scheme = new ChannelScheme({ account, deposit: gift / 2n, readSpent })
    const pay = wrapFetchWithPayment(fetch, clientOf(scheme))
    const client = new OpenAI({ baseURL: `${base.node.url}/v1`, apiKey: 'x402', maxRetries: 0, fetch: pay })
    const fees: bigint[] = []
    for (let i = 0; i < 3; i++) {
      const { data, response } = await client.chat.completions.create(ask).withResponse()
      fees.push(BigInt((data as Answered).openledger.fee))
      expect(responseOf(response)).toMatchObject({ success: true, payer: account.address, amount: (i === 0 ? 0n : fees[i - 1]!).toString() })
      expect(responseOf(response).transaction).not.toBe('')
    }
    const sum = fees.reduce((a, b) => a + b, 0n)
    const last = (await scheme.lastVoucher())!
    expect(last.cumulative).toBe(sum)
    const sent = await base.api.post<{ vouchered: string }>('/api/vouchers', { statement: { channelId: last.channelId, cumulative: sum.toString() }, signature: last.signature })
    expect(sent.vouchered).toBe(sum.toString())
    expect(await readChannel(writer, last.channelId)).toMatchObject({ deposited: gift / 2n, prepaid: false, payer: account.address })
    await base.api.post('/api/epochs', {})
    expect((await readChannel(writer, last.channelId))!.collected).toBe(sum)
    expect(await balance(account)).toBe(gift / 2n)
  })

  it('signs no more than the prices that were asked', async () => {
    const account = await stranger()
    const [, offer] = requiredOf(await post(ask)).accepts
    const greedy = new ChannelScheme({ account, deposit: gift, readSpent: () => Promise.resolve(BigInt(offer!.amount) + 1n) })
    await expect(greedy.createPaymentPayload(2, offer!)).rejects.toMatchObject({ code: 'OVERCHARGED' })
    const poor = new ChannelScheme({ account, deposit: 1n, readSpent: () => Promise.resolve(0n) })
    await expect(poor.createPaymentPayload(2, offer!)).rejects.toBeInstanceOf(PaymentError)
  })

  it('takes no voucher for a prepaid channel and no deposit for another channel', async () => {
    const account = await stranger()
    const response = await post(ask, { 'payment-signature': await sign(account) })
    const { channelId } = responseOf(response).extensions!.openledger as { channelId: Hex }
    const signature = await signStatement(account, statementDomain(base.network.chainId, base.network.contracts.channels), 'Voucher', { channelId, cumulative: 1n })
    const [, offer] = requiredOf(await post(ask)).accepts
    const header = writePaymentHeader({ x402Version: 2, accepted: offer, payload: { channelId, voucher: { cumulative: '999999999999999999', signature } } })
    expect((await post(ask, { 'payment-signature': header })).status).toBe(402)
  })
})
