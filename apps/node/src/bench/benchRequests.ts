/**
 * What a streamed chat request costs its gateway beside the engine's work, from the client's connection to the end of its stream: HTTP on both sides, the voucher for
 * the answer before it, admission, the router, the signed order, tokens as they come, text, the check of the receipt, the journal on the disk and the tables. All
 * processor time of this process, with its collections and its disk threads. Node and client are another process; PostgreSQL runs in one of its own (`--pglite`: the
 * embedded one instead, whose work then counts). The tokenizer is not in it. Clients each ask again when they have their answer; tokens of answers that are under way
 * together come together, as from a node that computes them in one batch. Beside it: what Node.js needs to take the same lines from HTTP/2 and to write each to a client
 * over HTTP/1.1 unread.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { signStatement, statementDomain, toJson, zeroHash } from '@openledger/protocol'
import { systemClock } from '../config/Clock.ts'
import { silentLog } from '../config/Log.ts'
import { openPglite } from '../database/openPglite.ts'
import { openPostgres } from '../database/openPostgres.ts'
import { ServedModels } from '../deployments/ServedModels.ts'
import { Dispatcher } from '../dispatch/Dispatcher.ts'
import { describeFact } from '../events/describeFact.ts'
import { EventFeed } from '../events/EventFeed.ts'
import { createApp } from '../http/createApp.ts'
import { listen } from '../http/listen.ts'
import type { NodeParts } from '../http/NodeParts.ts'
import { AnswerPipeline } from '../inference/AnswerPipeline.ts'
import { ReceiptRecorder } from '../inference/ReceiptRecorder.ts'
import { Journal } from '../journal/Journal.ts'
import { Names } from '../keys/Names.ts'
import { Ledger } from '../ledger/Ledger.ts'
import { datanetProjections } from '../ledger/projections/datanetProjections.ts'
import { modelProjections } from '../ledger/projections/modelProjections.ts'
import { moneyProjections } from '../ledger/projections/moneyProjections.ts'
import { Http2Connection } from '../links/Http2Connection.ts'
import { RemoteLink } from '../links/RemoteLink.ts'
import { NodeMetrics } from '../metrics/NodeMetrics.ts'
import { ChannelLedger } from '../payments/ChannelLedger.ts'
import { keepVoucher } from '../payments/keepVoucher.ts'
import { PromiseBook } from '../payments/PromiseBook.ts'
import { Router } from '../router/Router.ts'
import { startPostgres } from '../test/startPostgres.ts'
import { deployed, deployment, network, parties, profile, world, type Asked, type Told } from './requestsWorld.ts'

const { gateway, node, owner, payer } = parties
const { baseId, profileHash, session, promptTokens } = world
const rounds = 5
const [few, many] = [16, 272]
/** How many clients there are, and how many requests of few and of many tokens each of them makes in a round. */
const scenarios = [
  { clients: 1, fewRequests: 60, manyRequests: 20 },
  { clients: 8, fewRequests: 40, manyRequests: 10 },
  { clients: 32, fewRequests: 30, manyRequests: 4 },
]
const mostClients = Math.max(...scenarios.map(({ clients }) => clients))
const now = (): number => Date.now()

const folder = await mkdtemp(path.join(tmpdir(), 'requests-'))
const embedded = process.argv.includes('--pglite')
const server = embedded ? undefined : await startPostgres()
const database = server ? await openPostgres({ url: await server.newDatabase(), owner: 'measurement', log: silentLog }) : await openPglite(path.join(folder, 'database'), silentLog)
const journal = await Journal.open({ folder: path.join(folder, 'journal') })
const projections = { ...datanetProjections, ...modelProjections, ...moneyProjections }
const nothing = (): Promise<never> => Promise.reject(new TypeError('nothing is asked for'))
const ledger = await Ledger.open({ journal, database, projections, sources: { content: nothing }, log: silentLog })
const { query } = ledger
const signature = await signStatement(owner, statementDomain(network.chainId, network.contracts.models), 'Deployment', deployment)
await ledger.record('deployment', { id: deployed, model: 'm', adapterId: baseId, owner: owner.address, statement: toJson(deployment), signature })

const events = new EventFeed()
ledger.onFact((fact) => events.publish(describeFact(fact)))
const promises = new PromiseBook({ network, account: gateway, query, seconds: 86_400, keep: async (promise) => void (await ledger.record('promise', promise)) })
const channel = { payer: payer.address, gateway: gateway.address, deposited: 10n ** 30n, collected: 0n, closed: false, thawing: false, prepaid: false }
const channels = new ChannelLedger({
  ...{ chainId: network.chainId, channels: network.contracts.channels, gateway: gateway.address, creditLimit: 10n ** 9n, firstVoucherCap: 10n ** 9n, now },
  readChannel: () => Promise.resolve(channel),
  keepVoucher: keepVoucher(ledger),
})
const receipts = new ReceiptRecorder({ ledger, channels })
const chain = { platformFee: () => Promise.resolve(5n), deployment: () => Promise.resolve({ active: true }), freezeAt: () => Promise.resolve(0) } as never
const models = new ServedModels({ query, content: { get: nothing } as never, chain, baseId, log: silentLog, now })
const dispatcher = new Dispatcher({ router: new Router({ now, random: Math.random }), clock: systemClock, log: silentLog })

const other = fork(fileURLToPath(new URL('./requestsPeer.ts', import.meta.url)))
const told = async (): Promise<Told> => ((await once(other, 'message')) as [Told])[0]
const first = (await told()) as Extract<Told, { listens: string }>
const connection = new Http2Connection({ url: first.listens, certificate: zeroHash })
const piece = new TextEncoder().encode(' word')
const link = new RemoteLink({ network, node: node.address, baseId, session, profile, profileHash, account: gateway, connection, weights: undefined as never, pieceOf: () => Promise.resolve(() => piece), firstNonce: 0n, claim: (nonce) => receipts.claim(node.address, nonce), now })
dispatcher.add(link, { baseId, profileHash, exactReplay: true, slots: mostClients, bounded: false, positions: 4096, stake: 1n, inputPrice: 0n, outputPrice: 0n, holds: () => true })

const serving = { engine: { encodeChat: () => Promise.resolve({ text: '', tokens: promptTokens }) }, info: { id: baseId, profile, profileHash, positions: 4096 } } as never
const metrics = new NodeMetrics({ processMetrics: false })
const answers = new AnswerPipeline({ network, chain, serving, models, channels, dispatcher, receipts, names: new Names(folder), metrics, clock: systemClock, log: silentLog, gateway: gateway.address, defaultMaxTokens: 16, attributionSeconds: 60 })
// What other routes need is not asked for.
const app = createApp({ network, query, ledger, channels, promises, keysDir: folder, operatorToken: 'x', gateway: gateway.address, answers, models, serving, metrics, events, runs: { progress: nothing }, engineSettings: {}, clock: systemClock, log: silentLog, assets: new Map() } as unknown as NodeParts, { hosts: ['127.0.0.1'], origins: [], callsPerMinute: 1_000_000, journalFault: () => undefined })
const listener = await listen(app, '127.0.0.1', 0)

const lines = connect(`http://127.0.0.1:${first.bare}`)
const bare = createServer((request, response) => {
  const stream = lines.request({ ':path': request.url })
  stream.on('data', (chunk) => response.write(chunk)).on('end', () => response.end())
})
await once(bare.listen(0, '127.0.0.1'), 'listening')
const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}`

/** Processor milliseconds of this process for one request with so many tokens. */
async function perRequest(tokens: number, clients: number, requests: number, url = listener.url): Promise<number> {
  const asked: Asked = { url, tokens, clients, requests, bare: url === bareUrl }
  const before = process.cpuUsage()
  other.send(asked)
  await told()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000 / (clients * requests)
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!
const list = (values: readonly number[], digits: number): string => values.map((value) => value.toFixed(digits)).join(', ')

type Measured = { tokenUs: number[]; requestMs: number[]; bareUs: number[] }

async function measure({ clients, fewRequests, manyRequests }: (typeof scenarios)[number], { tokenUs, requestMs, bareUs }: Measured): Promise<void> {
  const [short, long] = [await perRequest(few, clients, fewRequests), await perRequest(many, clients, manyRequests)]
  const token = (long - short) / (many - few)
  tokenUs.push(1000 * token)
  requestMs.push(short - few * token)
  bareUs.push((1000 * ((await perRequest(many, clients, manyRequests, bareUrl)) - (await perRequest(few, clients, fewRequests, bareUrl)))) / (many - few))
}

// A gateway that has just begun is slower: its code is compiled as it turns out to be used.
for (let i = 0; i < 6; i++) await perRequest(few, mostClients, 30)
await perRequest(many, mostClients, 4)
await perRequest(many, 1, 4, bareUrl)
const found = scenarios.map((): Measured => ({ tokenUs: [], requestMs: [], bareUs: [] }))
for (let round = 0; round < rounds; round++) for (const [index, scenario] of scenarios.entries()) await measure(scenario, found[index]!)
other.disconnect()
lines.destroy()
bare.close()
bare.closeAllConnections()
connection.close()
await listener.close(0)
await journal.close()
await database.close()
await server?.stop()
await rm(folder, { recursive: true })
process.stdout.write(`processor time of a gateway with ${embedded ? 'PGlite in it' : 'PostgreSQL beside it'}, medians of ${rounds} rounds\n`)
for (const [index, { clients }] of scenarios.entries()) {
  const { tokenUs, requestMs, bareUs } = found[index]!
  process.stdout.write(`${clients} client${clients === 1 ? '' : 's'}: ${median(tokenUs).toFixed(1)} µs a token (${list(tokenUs, 1)}; bare HTTP ${median(bareUs).toFixed(1)}: ${list(bareUs, 1)}), ${median(requestMs).toFixed(2)} ms a request beside its tokens (${list(requestMs, 2)})\n`)
}
