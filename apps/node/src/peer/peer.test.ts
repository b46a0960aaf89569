import { once } from 'node:events'
import { connect } from 'node:http2'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fail, hashJson, nodeCommitment, possessionProof, samplingSeed, signStatement, statementDomain, tokenHash, toHex, UnavailableError, zeroHash, deploymentId, type Deployment, type Hex, type Json, type Network, type Sampling } from '@openledger/protocol'
import { privateKeyToAccount } from 'viem/accounts'
import { systemClock } from '../config/Clock.ts'
import { silentLog } from '../config/Log.ts'
import { Http2Connection } from '../links/Http2Connection.ts'
import { RemoteLink } from '../links/RemoteLink.ts'
import type { TrainingWeights } from '../deployments/TrainingWeights.ts'
import { buildReceipt } from '../worker/buildReceipt.ts'
import type { AnswerOrder, NodeAnswer, OrderOptions } from '../worker/AnswerOrder.ts'
import { ReceiptSigner } from '../worker/ReceiptSigner.ts'
import { selfSigned } from '../test/selfSigned.ts'
import { readOrder } from '../wire/orderEnvelope.ts'
import { listenPeer, type PeerListener } from './listenPeer.ts'
import { OrderGuard } from './OrderGuard.ts'
import { peerApp } from './peerApp.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const account = (n: number) => privateKeyToAccount(hash(n))
const [gatewayKey, nodeKey, ownerKey, strangerKey] = [account(1), account(2), account(3), account(4)]
const at = (n: number): `0x${string}` => `0x${n.toString(16).padStart(40, '0')}`
const names = ['parameters', 'stakes', 'datanets', 'models', 'channels', 'epochs', 'till', 'guarantees'] as const
const network = { kind: 'openledger/network/1', chainId: 7, rpcUrl: '', deployBlock: 0n, treasury: at(99), contracts: Object.fromEntries(names.map((name, i) => [name, at(200 + i)])) } as unknown as Network
const [baseId, session] = [hash(10), hash(11)]
const profile: Json = { batchInvariant: true, logitsHashes: false }
const profileHash = hashJson(profile)
const pieces = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => new TextEncoder().encode(letter))

const sampled = (sampling: Sampling): Pick<AnswerOrder, 'sampling' | 'samplingHash'> => ({ sampling, samplingHash: hashJson(sampling) })
let orderTemplate: AnswerOrder
let listener: PeerListener
let connection: Http2Connection
let app: ReturnType<typeof peerApp>
let time = 1_800_000_000_000
const now = (): number => time
const clock = { ...systemClock, now }
/** What the node does with an order. */
let work: (order: AnswerOrder, options: OrderOptions) => Promise<NodeAnswer>
let guard: OrderGuard
const signer = new ReceiptSigner({ network, account: nodeKey, nextNonce: 1n })

/** A whole and honest answer of these tokens. */
async function answerOf(order: AnswerOrder, tokens: number[], { onToken }: Pick<OrderOptions, 'onToken'>, change: (receipt: ReturnType<typeof buildReceipt>['receipt']) => object = (r) => r): Promise<NodeAnswer> {
  for (const token of tokens.slice(order.answered.length)) onToken({ token, text: '', logprob: -1, top: [] })
  const result = { tokens, text: '', logprobs: [], top: [], logitsHashes: [], finishReason: 'stop' as const, promptTokens: order.promptTokens.length }
  const attribution = { root: zeroHash, deadline: null, contributors: [] }
  const { receipt, shares } = buildReceipt({ ...order, snapshotIds: [], node: nodeKey.address, treasury: network.treasury, stakers: network.contracts.stakes, outputHash: tokenHash(order.salt, tokens), result, profileHash, attribution, time: Math.floor(now() / 1000) })
  const signed = await signer.sign({ ...receipt, ...change(receipt) }, () => Promise.resolve())
  return { result, profile, receipt: signed, shares, contributors: [], deadline: null, close: () => undefined }
}

/** What a connection needs beside its orders. */
const only = { close: () => undefined, post: () => Promise.reject(new TypeError('nothing is posted here')) }
let firstNonce = 0n
const linkOf = (parts: Partial<ConstructorParameters<typeof RemoteLink>[0]> = {}): RemoteLink =>
  new RemoteLink({ network, node: nodeKey.address, baseId, session, profile, profileHash, account: gatewayKey, connection, weights: undefined as unknown as TrainingWeights, pieceOf: () => Promise.resolve((token) => pieces[token]!), now, firstNonce: (firstNonce += 100n), claim: () => Promise.resolve(() => undefined), ...parts })
const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'none', (error: { code?: string }) => error.code ?? String(error))

async function ask(link: RemoteLink, order = orderTemplate, signal = new AbortController().signal): Promise<{ answer: NodeAnswer; text: string; tokens: number[] }> {
  const tokens: number[] = []
  let text = ''
  const answer = await link.answer(order, { signal, onToken: (t) => (tokens.push(t.token), (text += t.text)) })
  return { answer, text, tokens }
}

beforeAll(async () => {
  const deployment: Deployment = { owner: ownerKey.address, adapterId: baseId, inputPrice: 10n, outputPrice: 100n, nodePpm: 500_000, ownerPpm: 400_000, stakersPpm: 100_000, contributorsPpm: 0, methodHash: zeroHash, tableHash: zeroHash, nonce: 1n }
  const deploymentSignature = await signStatement(ownerKey, statementDomain(network.chainId, network.contracts.models), 'Deployment', deployment)
  const salt = hash(12)
  const promptTokens = [1, 2]
  orderTemplate = {
    ...{ gateway: gatewayKey.address, baseId, channelId: hash(13), deploymentId: deploymentId(deployment), deployment, deploymentSignature, adapterId: null, manifest: null, promptTokens, salt },
    ...{ requestHash: tokenHash(salt, promptTokens), answered: [], logprobs: true, topLogprobs: 0, scheduling: {}, platformFee: 5n, attributionSeconds: 60 },
    ...{ clientNonce: hash(14), nodeCommitment: nodeCommitment(hash(15)) },
    ...sampled({ temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, maxTokens: 8, stop: ['ef'], seed: samplingSeed(hash(14), nodeCommitment(hash(15)), tokenHash(salt, promptTokens)) }),
  }
  guard = new OrderGuard({ network, node: nodeKey.address, gateway: gatewayKey.address, baseId, session, prices: { input: 5n, output: 50n }, deploymentOf: (id) => Promise.resolve(id === orderTemplate.deploymentId ? { owner: ownerKey.address, active: true } : undefined), now })
  app = peerApp({ network, account: nodeKey, gateway: gatewayKey.address, baseId, worker: { answer: (...args) => work(...args) }, guard, prove: (challenge) => Promise.resolve(possessionProof(challenge, nodeKey.address, [Uint8Array.of(1)])), challengesPerMinute: 3, clock, log: silentLog })
  listener = await listenPeer(app, { host: '127.0.0.1', port: 0 })
  connection = new Http2Connection({ url: listener.url, certificate: zeroHash })
})
afterAll(async () => {
  connection.close()
  await listener.close()
})
beforeEach(() => {
  work = (order, options) => answerOf(order, [0, 1, 2], options)
})

describe('an order over the wire', () => {
  it('brings tokens, text made here, and a receipt that was made once more', async () => {
    const { answer, text, tokens } = await ask(linkOf())
    expect({ tokens, text }).toEqual({ tokens: [0, 1, 2], text: 'abc' })
    expect(answer.result).toMatchObject({ tokens: [0, 1, 2], text: 'abc', finishReason: 'stop' })
    expect(answer.receipt.statement).toMatchObject({ node: nodeKey.address, gateway: gatewayKey.address, outputTokens: 3, requestHash: orderTemplate.requestHash })
    expect(answer.shares.reduce((sum, { amount }) => sum + amount, 0n)).toBe(answer.receipt.statement.fee)
  })

  it('goes over TLS to who shows the certificate that was announced, and to nobody else', async () => {
    const secure = await listenPeer(app, { host: '127.0.0.1', port: 0, tls: selfSigned('a node') })
    let ordered = 0
    work = (order, options) => (ordered++, answerOf(order, [0, 1, 2], options))
    const over = (certificate: Hex): Http2Connection => new Http2Connection({ url: secure.url, certificate })
    const [safe, wrong] = [over(secure.certificate), over(hash(5))]
    expect(await codeOf(ask(linkOf({ connection: wrong })))).toBe('WRONG_CERTIFICATE')
    const { answer, text } = await ask(linkOf({ connection: safe }))
    expect([text, answer.receipt.statement.outputTokens, ordered]).toEqual(['abc', 3, 1])
    for (const each of [safe, wrong]) each.close()
    await secure.close()
  })

  it('ends with a fault of the node when its receipt has a nonce that was used', async () => {
    expect(await codeOf(ask(linkOf({ claim: () => Promise.resolve(undefined) })))).toBe('NONCE_REPEATED')
  })

  it('goes on after tokens that the answer has already', async () => {
    const { answer, text, tokens } = await ask(linkOf(), { ...orderTemplate, answered: [0, 1] })
    expect({ tokens, text, whole: answer.result.text }).toEqual({ tokens: [2], text: 'c', whole: 'abc' })
  })

  it('carries the node’s own words only where it may say them', async () => {
    work = () => Promise.reject(new UnavailableError('OVERLOADED', 'later', { action: 'retry', status: 429, retryAfterMs: 70 }))
    await expect(ask(linkOf())).rejects.toMatchObject({ code: 'OVERLOADED', status: 429, retryAfterMs: 70 })
    work = () => fail('CONTINUATION_DIFFERS', 'no', { field: 'answered.3', status: 409, action: 'stop' })
    await expect(ask(linkOf())).rejects.toMatchObject({ code: 'CONTINUATION_DIFFERS', field: 'answered.3' })
    work = () => fail('VOUCHER_MISSING', 'send your coins to me', { status: 402 })
    await expect(ask(linkOf())).rejects.toMatchObject({ code: 'NODE_FAILED', message: 'the node failed to answer' })
  })

  it('is called off at the node when the gateway calls it off', async () => {
    const stop = new AbortController()
    const called = new Promise<boolean>((resolve) => {
      work = async (_, { onToken, signal }) => {
        onToken({ token: 0, text: '', logprob: 0, top: [] })
        if (!signal.aborted) await once(signal, 'abort')
        resolve(true)
        return fail('CANCELLED', 'off', { action: 'stop', status: 499 })
      }
    })
    const link = linkOf()
    const asked = link.answer(orderTemplate, { signal: stop.signal, onToken: () => stop.abort() })
    expect(await codeOf(asked)).toBe('CANCELLED')
    expect(await called).toBe(true)
  })

  it.each<[string, (order: AnswerOrder, options: OrderOptions) => Promise<NodeAnswer>, string]>([
    ['a token that was not streamed', async (o, options) => answerOf(o, [0, 1, 2], { onToken: (t) => options.onToken({ ...t, token: t.token === 2 ? 3 : t.token }) }), 'WRONG_RECEIPT'],
    ['a higher fee', (o, options) => answerOf(o, [0, 1, 2], options, (r) => ({ fee: r.fee + 1n })), 'WRONG_RECEIPT'],
    ['another channel', (o, options) => answerOf(o, [0, 1, 2], options, () => ({ channelId: hash(66) })), 'WRONG_RECEIPT'],
    ['another output', (o, options) => answerOf(o, [0, 1, 2], options, () => ({ outputHash: hash(66) })), 'WRONG_RECEIPT'],
    ['shares of its own', (o, options) => answerOf(o, [0, 1, 2], options, () => ({ shareRoot: hash(66) })), 'WRONG_RECEIPT'],
    ['another node’s name', (o, options) => answerOf(o, [0, 1, 2], options, () => ({ node: strangerKey.address })), 'WRONG_RECEIPT'],
    ['another time', (o, options) => answerOf(o, [0, 1, 2], options, (r) => ({ time: r.time + 61n })), 'WRONG_RECEIPT'],
    ['a foreign signature', async (o, options) => { const answer = await answerOf(o, [0, 1, 2], options); return { ...answer, receipt: { ...answer.receipt, signature: toHex(new Uint8Array(65).fill(27)) } } }, 'BAD_SIGNATURE'],
    ['an end before its length', async (o, options) => { const answer = await answerOf(o, [0, 1, 2], options); return { ...answer, result: { ...answer.result, finishReason: 'length' as const } } }, 'WRONG_RECEIPT'],
    ['words after a stop string', (o, options) => answerOf(o, [4, 5, 0], options), 'ANSWER_TOO_LONG'],
    ['more than was asked for', (o, options) => answerOf(o, [0, 0, 0, 0, 0, 0, 0, 0, 0], options), 'ANSWER_TOO_LONG'],
    ['tokens that are none', (o, options) => answerOf(o, [0, -1], options), 'NODE_SPEAKS_ODDLY'],
  ])('does not believe %s', async (_, lie, code) => {
    work = lie
    expect(await codeOf(ask(linkOf()))).toBe(code)
  })

  it('is refused by a node that it is not for, that is of another time, or that has had it', async () => {
    const refused = async (parts: Partial<ConstructorParameters<typeof RemoteLink>[0]>, order = orderTemplate): Promise<string> => ask(linkOf(parts), order).then(() => 'taken', (error: Error) => /^the node refused the order: (\w+):/.exec(error.message)?.[1] ?? error.message)
    expect(await refused({ session: hash(77) })).toBe('WRONG_ADDRESSEE')
    expect(await refused({ account: strangerKey })).toBe('WRONG_ADDRESSEE')
    expect(await refused({ now: () => time - 100_000 })).toBe('ORDER_EXPIRED')
    expect(await refused({ now: () => time + 100_000 })).toBe('ORDER_EXPIRED')
    expect(await refused({ now: () => time + 59_000 })).toBe('taken')
    // A stranger who signs in the gateway's name.
    expect(await refused({ account: { ...strangerKey, address: gatewayKey.address } })).toBe('BAD_SIGNATURE')
    expect(await refused({}, { ...orderTemplate, deployment: { ...orderTemplate.deployment, outputPrice: 1000n } })).toBe('WRONG_DEPLOYMENT')
    const cheap = { ...orderTemplate.deployment, outputPrice: 49n }
    expect(await refused({}, { ...orderTemplate, deployment: cheap, deploymentId: deploymentId(cheap) })).toBe('PRICE_TOO_LOW')
    const unregistered = { ...orderTemplate.deployment, nonce: 2n }
    const deploymentSignature = await signStatement(ownerKey, statementDomain(network.chainId, network.contracts.models), 'Deployment', unregistered)
    expect(await refused({}, { ...orderTemplate, deployment: unregistered, deploymentSignature, deploymentId: deploymentId(unregistered) })).toBe('WRONG_DEPLOYMENT')
    // What is recorded on the way is refused the second time, and when anything beside the statement was changed.
    const posted: string[] = []
    await ask(linkOf({ connection: { ...only, order: (order, take, signal) => (posted.push(order), connection.order(order, take, signal)) } }))
    const again = async (body: string): Promise<string> => {
      let said = ''
      await connection.order(body, (line) => ((said = line), false), new AbortController().signal)
      return /"refused":{"code":"(\w+)"/.exec(said)?.[1] ?? said
    }
    expect(await again(posted[0]!)).toBe('ORDER_REPLAYED')
    const fresh = async (change: object, order = orderTemplate): Promise<string> => {
      let body = ''
      await codeOf(ask(linkOf({ connection: { ...only, order: (signed) => ((body = signed), fail('KEPT', 'not sent')) } }), order))
      return again(JSON.stringify({ ...(JSON.parse(body) as object), ...change }))
    }
    for (const change of [{ promptTokens: [1, 3] }, { salt: hash(5) }, { answered: [1] }, { sampling: { ...orderTemplate.sampling, temperature: 0 } }]) expect(await fresh(change)).toBe('ORDER_DIFFERS')
    // A gateway that signs for another seed than the request's would have the node's answer found wrong by a court.
    for (const change of [{ clientNonce: hash(5) }, { nodeCommitment: hash(5) }]) expect(await fresh(change)).toBe('ORDER_DIFFERS')
    expect(await fresh({}, { ...orderTemplate, ...sampled({ ...orderTemplate.sampling, seed: hash(5) }) })).toBe('ORDER_DIFFERS')
    time += 200_000
    expect(await again(posted[0]!)).toBe('ORDER_EXPIRED')
  })

  it('is of a deployment that the chain still shows: it is read again after half a minute while orders go on, and the chain may be away for ten', async () => {
    let says: 'active' | 'ended' | 'away' = 'active'
    const deploymentOf = (): Promise<{ owner: `0x${string}`; active: boolean }> => Promise.resolve().then(() => (says === 'away' ? fail('CHAIN_AWAY', 'away') : { owner: ownerKey.address, active: says === 'active' }))
    const own = new OrderGuard({ network, node: nodeKey.address, gateway: gatewayKey.address, baseId, session, prices: { input: 0n, output: 0n }, deploymentOf, now })
    const given = async (): Promise<string> => {
      let body = ''
      await codeOf(ask(linkOf({ connection: { ...only, order: (signed) => ((body = signed), fail('KEPT', 'not sent')) } })))
      return codeOf(own.admit(readOrder(body)))
    }
    expect(await given()).toBe('none')
    says = 'ended'
    expect(await given()).toBe('none')
    time += 30_001
    // This one does not wait for the chain; the next one knows.
    expect(await given()).toBe('none')
    expect(await given()).toBe('WRONG_DEPLOYMENT')
    says = 'away'
    expect(await given()).toBe('CHAIN_AWAY')
    says = 'active'
    expect(await given()).toBe('none')
    says = 'away'
    time += 599_000
    expect(await given()).toBe('none')
    time += 2000
    expect(await given()).toBe('CHAIN_AWAY')
    says = 'active'
    await own.learn([{ id: orderTemplate.deploymentId, owner: ownerKey.address }])
    says = 'away'
    expect(await given()).toBe('none')
  })

  it('fails at once when the node is gone', async () => {
    const other = await listenPeer(peerApp({ network, account: nodeKey, gateway: gatewayKey.address, baseId, worker: { answer: (_, { onToken }) => (onToken({ token: 0, text: '', logprob: 0, top: [] }), new Promise(() => undefined)) }, guard, prove: () => Promise.resolve(zeroHash), challengesPerMinute: 1, clock, log: silentLog }), { host: '127.0.0.1', port: 0 })
    const lone = new Http2Connection({ url: other.url, certificate: zeroHash })
    const asked = linkOf({ connection: lone }).answer(orderTemplate, { signal: new AbortController().signal, onToken: () => void other.close() })
    expect(await codeOf(asked)).toBe('NODE_LOST')
    expect(await codeOf(ask(linkOf({ connection: lone })))).toBe('NODE_LOST')
    lone.close()
  })
})

describe('a challenge', () => {
  it('is answered to the gateway alone, a few times a minute', async () => {
    time += 61_000
    const challenge = hash(21)
    const signal = new AbortController().signal
    expect(await linkOf().challenge(challenge, signal)).toBe(possessionProof(challenge, nodeKey.address, [Uint8Array.of(1)]))
    for (let i = 0; i < 5; i++) expect(await codeOf(linkOf({ account: { ...strangerKey, address: gatewayKey.address } }).challenge(challenge, signal))).toBe('NO_POSSESSION')
    expect(await codeOf(linkOf({ now: () => time - 61_000 }).challenge(challenge, signal))).toBe('NO_POSSESSION')
    // Those of strangers took nothing of what its gateway may ask.
    expect(await codeOf(linkOf().challenge(challenge, signal))).toBe('none')
    expect(await codeOf(linkOf().challenge(challenge, signal))).toBe('none')
    expect(await codeOf(linkOf().challenge(challenge, signal))).toBe('NO_POSSESSION')
  })
})

describe('a node that listens', () => {
  it('takes no connection in clear from elsewhere', async () => {
    await expect(listenPeer(undefined as never, { host: '0.0.0.0', port: 0 })).rejects.toMatchObject({ code: 'TLS_NEEDED' })
  })

  it('says nothing but that it is there to those who ask', async () => {
    const client = connect(listener.url)
    const stream = client.request({ ':path': '/health' })
    let text = ''
    for await (const chunk of stream) text += String(chunk)
    expect(JSON.parse(text)).toEqual({ status: 'ok', node: nodeKey.address })
    const [headers] = (await once(client.request({ ':path': '/orders' }), 'response')) as [{ ':status': number }]
    expect(headers[':status']).toBe(404)
    client.destroy()
  })
})
