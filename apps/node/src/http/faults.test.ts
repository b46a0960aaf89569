import { randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { contributionIds, packContribution, writeContributionBundle, type ContributionBundle } from '@openledger/datanet'
import { toHex, type Hex } from '@openledger/protocol'
import { commitContribution, OpenLedgerClient, type AnswerView, type ChannelListing } from '@openledger/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { jsonLog } from '../config/Log.ts'
import { diskFiles, type JournalFiles } from '../journal/JournalFiles.ts'
import { startNode } from '../node/startNode.ts'
import { Api } from '../test/Api.ts'
import { testAccount, testWriter } from '../test/deployTestLedger.ts'
import { cast, makeDatanet, openTestChannel, recordsOf, voucherFor, voucherHeaderOf } from '../test/playLoop.ts'
import { startBaseNode, type BaseNode } from '../test/startBaseNode.ts'

let base: BaseNode
let full = false
/** A channel of its own for the SDK client. */
let watched: Hex
const logged: string[] = []
const journalFiles: JournalFiles = {
  ...diskFiles,
  async open(name) {
    const file = await diskFiles.open(name)
    return { ...file, write: (bytes, offset) => (full ? Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) : file.write(bytes, offset)) }
  },
}
beforeAll(async () => {
  base = await startBaseNode({ journalFiles, callsPerMinute: 600, log: jsonLog((line) => logged.push(line)) })
  watched = await openTestChannel(base.network, base.node.gateway)
}, 180_000)
afterAll(() => base?.stop())

type Failed = { status: number; body: { error: { code: string; fix: string | null; type: string } } }
const fails = async (call: Promise<{ status: number; body: never }>, status: number, code: string): Promise<void> => {
  const answer = (await call) as unknown as Failed
  expect({ status: answer.status, code: answer.body.error?.code }).toEqual({ status, code })
}
const chatBody = (content = 'river') => ({ model: 'tiny', max_tokens: 4, messages: [{ role: 'user', content }] })
const chat = (headers: Record<string, string>, body: object = chatBody()) => new Api(base.node.url).call('POST', '/v1/chat/completions', body, headers)

/** A request with a Host header of its own, which fetch does not allow. */
function rawStatus(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    http.get(`${base.node.url}/api/status`, { headers }, (response) => (response.resume(), resolve(response.statusCode!))).on('error', reject)
  })
}

describe('the HTTP side', () => {
  it('answers only to its own name and its own page', async () => {
    expect(await rawStatus({ host: 'evil.example' })).toBe(403)
    expect(await rawStatus({ host: `localhost:${base.node.port}` })).toBe(200)
    await fails(base.api.call('POST', '/api/epochs', {}, { origin: 'http://evil.example' }), 403, 'WRONG_ORIGIN')
    const response = await fetch(`${base.node.url}/api/status`, { headers: { origin: 'http://evil.example' } })
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('lets pages of the origins that its operator named call it, and of no others', async () => {
    const origin = 'https://app.example'
    await expect(base.restart({ origins: ['https://app.example/'] })).rejects.toMatchObject({ code: 'BAD_OPTION' })
    await expect(base.restart({ origins: ['*'] })).rejects.toMatchObject({ code: 'BAD_OPTION' })
    await base.restart({ origins: [origin] })
    const from = (method: string, path: string, headers: Record<string, string>) => fetch(base.node.url + path, { method, headers })
    const preflight = await from('OPTIONS', '/v1/chat/completions', { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin'), preflight.headers.get('access-control-allow-credentials')]).toEqual([204, origin, null])
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
    // Refusals must be readable too: 402 is how a page learns what to pay.
    const unpaid = await fetch(`${base.node.url}/v1/chat/completions`, { method: 'POST', headers: { origin, 'content-type': 'application/json' }, body: JSON.stringify(chatBody()) })
    expect([unpaid.status, unpaid.headers.get('access-control-allow-origin')]).toEqual([402, origin])
    expect(unpaid.headers.get('access-control-expose-headers')).toContain('payment-required')
    const other = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
    expect((await from('OPTIONS', '/api/epochs', other)).headers.get('access-control-allow-origin')).toBeNull()
    await fails(base.api.call('POST', '/api/epochs', {}, { origin: other.origin }), 403, 'WRONG_ORIGIN')
    await base.restart()
  })

  it('keeps what is for the operator from everybody else', async () => {
    const stranger = new Api(base.node.url, 'x'.repeat(43))
    for (const [method, route] of [['POST', '/api/epochs'], ['POST', '/api/runs'], ['POST', '/api/datanets/1/snapshots'], ['GET', '/api/keys'], ['POST', '/api/runs/x/stop']] as const) {
      await fails(stranger.call(method, route, method === 'POST' ? {} : undefined), 401, 'OPERATOR_ONLY')
    }
  })

  it('names what is wrong with a request', async () => {
    await fails(base.api.call('GET', '/api/nothing'), 404, 'NOT_FOUND')
    await fails(base.api.call('GET', '/api/records/0x12'), 400, 'BAD_REQUEST')
    await fails(base.api.call('GET', `/api/records/0x${'12'.repeat(32)}`), 404, 'UNKNOWN_RECORD')
    await fails(base.api.call('GET', '/api/datanets/0'), 400, 'BAD_REQUEST')
    await fails(base.api.call('GET', '/api/receipts?limit=1000'), 400, 'BAD_REQUEST')
    await fails(base.api.call('GET', '/api/content/../operator.token'), 404, 'NOT_FOUND')
    await fails(base.api.call('GET', '/api/content/notacid'), 400, 'BAD_CID')
    await fails(base.api.call('POST', '/api/vouchers', new TextEncoder().encode('{')), 400, 'BAD_ARTEFACT')
    await fails(base.api.call('POST', '/api/runs', new TextEncoder().encode('{')), 400, 'BAD_JSON')
    await fails(base.api.call('POST', '/api/runs', { name: 'Not a name', trainer: testAccount(1).address, snapshotIds: [`0x${'00'.repeat(32)}`] }), 400, 'BAD_NAME')
    await fails(base.api.call('POST', '/api/vouchers', new Uint8Array(70_000)), 413, 'BODY_TOO_LARGE')
  })

  it('counts calls and refuses too many of one caller', async () => {
    const answers = await Promise.all(Array.from({ length: 260 }, () => new Api(base.node.url, 'somebody').call('GET', '/api/network')))
    const refused = answers.filter((a) => a.status === 429)
    expect(refused.length).toBeGreaterThan(20)
    expect(answers.filter((a) => a.status === 200).length).toBeGreaterThan(100)
    expect((await base.api.call('GET', '/api/network')).status).toBe(200)
  })

  it('shows metrics and health', async () => {
    const metrics = await base.api.get<string>('/metrics')
    expect(metrics).toMatch(/openledger_http_requests_total\{method="GET",route="\/api\/records\/:id",status="4xx"\} \d+/)
    expect(metrics).not.toContain('0x1212')
    expect(await base.api.get('/health')).toMatchObject({ status: 'ok', chain: { ok: true } })
  })

  it('speaks to the SDK client, and tells it what happens', async () => {
    const client = new OpenLedgerClient({ url: base.node.url, token: base.node.operatorToken })
    expect((await client.health()).status).toBe('ok')
    expect(await client.network()).toEqual(base.network)
    expect(await client.node()).toMatchObject({ node: base.node.node, gateway: base.node.gateway, base: { name: 'tiny' } })
    expect((await client.deployments()).map((d) => d.model)).toEqual(['tiny'])
    const stop = new AbortController()
    const events = client.events(stop.signal)
    const next = events.next()
    await new Promise((resolve) => setTimeout(resolve, 200))
    const { view } = await client.chat({ model: 'tiny', messages: [{ role: 'user', content: 'river' }], maxTokens: 2 }, { payment: { channelId: watched } })
    expect((await next).value).toMatchObject({ kind: 'receipt', id: view.receiptId })
    stop.abort()
    expect((await client.receipt(view.receiptId)).answer.tokens).toHaveLength(view.outputTokens)
    expect((await client.receipts({ limit: 1 })).items[0]!.receiptId).toBe(view.receiptId)
    expect(await client.settle()).toBeNull()
    await expect(client.answerSummary(`0x${'12'.repeat(32)}`)).rejects.toMatchObject({ code: 'UNKNOWN_RECEIPT', status: 404 })
  })
})

describe('contributions', () => {
  it('forged, replayed, strange or uncommitted ones change nothing', async () => {
    const datanetId = await makeDatanet(base.network, base.api)
    const account = testAccount(5)
    const domain = { chainId: base.network.chainId, verifyingContract: base.network.contracts.datanets }
    const make = (nonce: bigint, at = domain): Promise<ContributionBundle> =>
      packContribution({ datanetId, contributor: account.address, records: recordsOf(5), licence: 'CC0-1.0', consent: 6, nonce }, account, at, toHex(randomBytes(32)))
    const post = (bundle: object | Uint8Array) => base.api.call('POST', `/api/datanets/${datanetId}/contributions`, bundle instanceof Uint8Array ? bundle : writeContributionBundle(bundle as ContributionBundle))
    const good = await make(1n)
    await fails(post(good), 409, 'NOT_COMMITTED')
    await commitContribution(testWriter(base.network, 5), datanetId, contributionIds(good).commitment)
    const { statement, signature } = good.contribution
    await fails(post({ ...good, contribution: { statement: { ...statement, consent: 1 as const }, signature } }), 400, 'BAD_SIGNATURE')
    await fails(post({ ...good, records: good.records.with(0, { prompt: 'another', completion: 'record' }) }), 400, 'WRONG_ROOT')
    await fails(post(await make(2n, { ...domain, chainId: 5 })), 400, 'OTHER_CHAIN')
    await fails(post(new TextEncoder().encode('not json')), 400, 'BAD_ARTEFACT')
    await fails(post(Uint8Array.of(0xff, 0xfe, 0x00)), 400, 'BAD_ARTEFACT')
    await fails(base.api.call('POST', '/api/datanets/99/contributions', writeContributionBundle(good)), 400, 'OTHER_DATANET')
    expect((await post(good)).status).toBe(201)
    expect((await post(good)).status).toBe(200)
    const copy = await make(3n)
    await commitContribution(testWriter(base.network, 5), datanetId, contributionIds(copy).commitment)
    const { body } = await post(copy)
    expect((body as { verdicts: { status: string }[] }).verdicts.every((v) => v.status === 'duplicate')).toBe(true)
  })
})

describe('payments', () => {
  it('no payment, a wrong channel and every wrong voucher are refused with what to do', async () => {
    await fails(chat({}), 402, 'NO_PAYMENT')
    await fails(chat({ 'x-openledger-channel': '0x12' }), 400, 'BAD_CHANNEL')
    await fails(chat({ 'x-openledger-channel': `0x${'12'.repeat(32)}` }), 402, 'UNKNOWN_CHANNEL')
    const answer = (await chat({ 'x-openledger-channel': base.channel })) as unknown as { body: { openledger: AnswerView } }
    const spent = BigInt(answer.body.openledger.channel.spent)
    const give = (voucher: object) => new Api(base.node.url).call('POST', '/api/vouchers', voucher)
    await fails(give(await voucherFor(base.network, base.channel, spent + 1n)), 402, 'VOUCHER_ABOVE_SPENT')
    await fails(give(await voucherFor(base.network, base.channel, spent - 1n)), 402, 'VOUCHER_BETWEEN_ANSWERS')
    await fails(give(await voucherFor(base.network, base.channel, 0n)), 402, 'VOUCHER_NOT_RISING')
    await fails(give(await voucherFor(base.network, base.channel, spent, cast.owner)), 400, 'BAD_SIGNATURE')
    await fails(give(await voucherFor({ ...base.network, chainId: 5 }, base.channel, spent)), 400, 'BAD_SIGNATURE')
    await fails(chat({ 'x-openledger-channel': base.channel }), 402, 'VOUCHER_MISSING')
    await fails(chat({ 'x-openledger-channel': base.channel, 'x-openledger-voucher': '%%' }), 400, 'BAD_VOUCHER')
    const good = await voucherFor(base.network, base.channel, spent)
    expect((await give(good)).status).toBe(200)
    expect((await give(good)).status).toBe(200)
    await fails(give(await voucherFor(base.network, base.channel, spent - 1n)), 402, 'VOUCHER_NOT_RISING')
    const poor = await openTestChannel(base.network, base.node.gateway, 1000n)
    await fails(chat({ 'x-openledger-channel': poor }), 402, 'DEPOSIT_TOO_SMALL')
    expect(await base.api.get(`/api/channels/${poor}`)).toMatchObject({ spent: '0', reserved: '0' })
    const { items } = await base.api.get<{ items: ChannelListing[] }>('/api/channels')
    expect(items.find((c) => c.id === base.channel)).toMatchObject({ spent: String(spent), locked: String(10n ** 18n), closed: false, thawing: false })
    expect(items.find((c) => c.id === poor)).toMatchObject({ spent: '0', locked: '1000', lastAnswerAt: null })
  })

  it('shows words to their payer and the operator alone', async () => {
    const { body } = (await chat({ 'x-openledger-channel': base.channel }, chatBody('mill'))) as unknown as { body: { openledger: AnswerView } }
    const { receiptId, channel } = body.openledger
    const stranger = new Api(base.node.url)
    await fails(stranger.call('GET', `/api/receipts/${receiptId}`), 401, 'HOLDER_ONLY')
    await fails(stranger.call('GET', `/api/receipts/${receiptId}/view`), 401, 'HOLDER_ONLY')
    expect((await stranger.call('GET', `/api/receipts/${receiptId}/public`)).status).toBe(200)
    const voucher = await voucherFor(base.network, base.channel, BigInt(channel.spent))
    expect((await stranger.call('GET', `/api/receipts/${receiptId}`, undefined, voucherHeaderOf(voucher))).status).toBe(200)
    await fails(stranger.call('GET', `/api/receipts/${receiptId}`, undefined, voucherHeaderOf(await voucherFor(base.network, base.channel, 1n, cast.owner))), 400, 'BAD_SIGNATURE')
    await stranger.post('/api/vouchers', voucher)
  })

  it('a full disk costs nobody anything: no receipt, no debt, and the next answer has the next nonce', async () => {
    const before = await base.api.get<{ spent: string }>(`/api/channels/${base.channel}`)
    full = true
    await fails(chat({ 'x-openledger-channel': base.channel }), 507, 'NO_SPACE')
    const stream = await fetch(`${base.node.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'x-openledger-channel': base.channel, 'content-type': 'application/json' },
      body: JSON.stringify({ ...chatBody(), stream: true }),
    })
    const text = await stream.text()
    expect(text).toContain('NO_SPACE')
    expect(text).not.toContain('[DONE]')
    full = false
    expect(await base.api.get(`/api/channels/${base.channel}`)).toMatchObject({ spent: before.spent, reserved: '0' })
    const { items } = await base.api.get<{ items: AnswerView[] }>('/api/receipts')
    const { body } = (await chat({ 'x-openledger-channel': base.channel })) as unknown as { body: { openledger: AnswerView } }
    const nonceOf = async (id: Hex): Promise<bigint> => BigInt((await base.api.get<{ receipt: { statement: { nonce: string } } }>(`/api/receipts/${id}/public`)).receipt.statement.nonce)
    expect(await nonceOf(body.openledger.receiptId)).toBe((await nonceOf(items[0]!.receiptId)) + 1n)
    await base.api.post('/api/vouchers', await voucherFor(base.network, base.channel, BigInt(body.openledger.channel.spent)))
  })
})

describe('starting', () => {
  it('a second start, a port in use and another chain are clear errors', async () => {
    await expect(startNode(base.options)).rejects.toMatchObject({ code: 'DATA_FOLDER_LOCKED' })
    const elsewhere = { ...base.options, dataDir: path.join(base.folder, 'other') }
    await expect(startNode({ ...elsewhere, port: base.node.port })).rejects.toMatchObject({ code: 'PORT_IN_USE' })
    await expect(startNode({ ...elsewhere, network: { ...base.network, chainId: 99 } })).rejects.toMatchObject({ code: 'OTHER_CHAIN' })
    await expect(startNode({ ...elsewhere, engine: { modelPath: path.join(base.folder, 'none.gguf'), modelName: 'tiny' } })).rejects.toMatchObject({ code: expect.stringMatching(/FILE|GGUF/) })
    // What failed half-way left no lock behind.
    const node = await startNode(elsewhere)
    await node.stop()
    expect(readdirSync(elsewhere.dataDir)).not.toContain('lock')
  }, 180_000)

  it('finishes the answer in progress when it stops, and loses nothing', async () => {
    const pending = chat({ 'x-openledger-channel': base.channel }, { ...chatBody(), max_tokens: 100 })
    await new Promise((resolve) => setTimeout(resolve, 150))
    await base.restart()
    const { body } = (await pending) as unknown as { body: { openledger: AnswerView } }
    const { receiptId, channel } = body.openledger
    expect(await base.api.get(`/api/receipts/${receiptId}`)).toMatchObject({ kind: 'openledger/receipt/1' })
    expect(await base.api.get(`/api/channels/${base.channel}`)).toMatchObject({ spent: channel.spent })
    await base.api.post('/api/vouchers', await voucherFor(base.network, base.channel, BigInt(channel.spent)))
  }, 180_000)

  it('refuses a damaged journal by name and offset', async () => {
    await base.node.stop()
    const folder = path.join(base.dataDir, 'journal')
    const file = path.join(folder, readdirSync(folder)[0]!)
    const sound = readFileSync(file)
    const broken = Buffer.from(sound)
    broken[Math.floor(broken.length / 2)]! ^= 1
    writeFileSync(file, broken)
    await expect(startNode(base.options)).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED', message: expect.stringContaining('.log') })
    writeFileSync(file, sound)
    await base.restart()
    expect((await base.api.call('GET', '/health')).status).toBe(200)
  }, 180_000)

  it('stays up while the chain is away, and says so', async () => {
    const askAndPay = async (): Promise<void> => {
      const answer = (await chat({ 'x-openledger-channel': base.channel })) as unknown as { status: number; body: { openledger: AnswerView } }
      expect(answer.status).toBe(200)
      await base.api.post('/api/vouchers', await voucherFor(base.network, base.channel, BigInt(answer.body.openledger.channel.spent)))
    }
    await askAndPay()
    await base.anvil.stop()
    await new Promise((resolve) => setTimeout(resolve, 2100))
    await askAndPay()
    for (let i = 0; i < 100 && (await base.api.get<{ status: string }>('/health')).status === 'ok'; i++) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await base.api.get('/health')).toMatchObject({ status: 'degraded', chain: { ok: false } })
    expect((await base.api.call('GET', '/v1/models')).status).toBe(200)
    expect((await base.api.call('GET', '/api/receipts')).status).toBe(200)
    await fails(base.api.call('POST', '/api/datanets/1/snapshots', {}), 503, 'CHAIN_AWAY')
  }, 180_000)

  it('never wrote a secret to its log', () => {
    const secrets = [base.node.operatorToken, ...readdirSync(path.join(base.dataDir, 'keys')).map((name) => (JSON.parse(readFileSync(path.join(base.dataDir, 'keys', name), 'utf8')) as { privateKey: string }).privateKey.slice(2))]
    const all = logged.join('')
    expect(logged.length).toBeGreaterThan(2)
    expect(secrets.filter((secret) => all.includes(secret))).toEqual([])
  })
})
