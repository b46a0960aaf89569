/**
 * The other side of `benchRequests`, in a process of its own so that its time is not counted: a node that has its answers ready and sends a token a millisecond, and
 * a client that reads the stream and pays for each answer with the next request.
 */
import { once } from 'node:events'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { signStatement, statementDomain, toJson, tokenHash, UnavailableError, zeroHash } from '@openledger/protocol'
import { systemClock } from '../config/Clock.ts'
import { silentLog } from '../config/Log.ts'
import { listenPeer } from '../peer/listenPeer.ts'
import { tokenEvent } from '../wire/answerEvents.ts'
import { OrderGuard } from '../peer/OrderGuard.ts'
import { peerApp } from '../peer/peerApp.ts'
import type { AnswerOrder, NodeAnswer, OrderOptions } from '../worker/AnswerOrder.ts'
import { buildReceipt } from '../worker/buildReceipt.ts'
import { ReceiptSigner } from '../worker/ReceiptSigner.ts'
import { channelOf, hashOf, network, parties, profile, world, type Asked, type Told } from './requestsWorld.ts'

const now = (): number => Date.now()
const tell = (told: Told): void => void process.send!(told)
const signer = new ReceiptSigner({ network, account: parties.node, nextNonce: 1n })

async function answer(order: AnswerOrder, { onToken }: OrderOptions): Promise<NodeAnswer> {
  const tokens = Array.from({ length: order.sampling.maxTokens }, (_, i) => i % 997)
  for (const token of tokens) {
    onToken({ token, text: '', logprob: NaN, top: [] })
    await wait(1)
  }
  const result = { tokens, text: '', logprobs: [], top: [], logitsHashes: tokens.map(hashOf), finishReason: 'length' as const, promptTokens: order.promptTokens.length }
  const attribution = { root: zeroHash, deadline: null, contributors: [] }
  const { receipt, shares } = buildReceipt({ ...order, snapshotIds: [], node: parties.node.address, treasury: network.treasury, stakers: network.contracts.stakes, outputHash: tokenHash(order.salt, tokens), result, profileHash: world.profileHash, attribution, time: Math.floor(now() / 1000) })
  return { result, profile, receipt: await signer.sign(receipt, () => Promise.resolve()), shares, contributors: [], deadline: null, close: () => undefined }
}

/** What each client owes for its last answer. */
const owed = new Map<number, bigint>()

async function voucher(client: number): Promise<Record<string, string>> {
  const cumulative = owed.get(client)
  if (cumulative === undefined) return {}
  const statement = { channelId: channelOf(client), cumulative }
  const signature = await signStatement(parties.payer, statementDomain(network.chainId, network.contracts.channels), 'Voucher', statement)
  return { 'x-openledger-voucher': Buffer.from(JSON.stringify(toJson({ statement, signature }))).toString('base64url') }
}

async function ask({ url, tokens, bare }: Asked, client: number): Promise<void> {
  if (bare) return void (await (await fetch(`${url}/${tokens}`)).text())
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'What is measured here?' }], max_tokens: tokens, stream: true, temperature: 0 })
  const response = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body, headers: { 'content-type': 'application/json', 'x-openledger-channel': channelOf(client), ...(await voucher(client)) } })
  const text = await response.text()
  const spent = /"spent":"(\d+)"/.exec(text)
  if (!text.includes('[DONE]') || !spent) throw new UnavailableError('NO_ANSWER', `the gateway gave no answer: ${text.slice(-700)}`)
  owed.set(client, BigInt(spent[1]!))
}

const guard = new OrderGuard({ network, node: parties.node.address, gateway: parties.gateway.address, baseId: world.baseId, session: world.session, prices: { input: 0n, output: 0n }, deploymentOf: () => Promise.resolve({ owner: parties.owner.address, active: true }), now })
const app = peerApp({ network, account: parties.node, gateway: parties.gateway.address, baseId: world.baseId, worker: { answer }, guard, prove: () => Promise.resolve(zeroHash), challengesPerMinute: 1, clock: systemClock, log: silentLog })
const { url: listens } = await listenPeer(app, { host: '127.0.0.1', port: 0 })
const bare = createServer()
bare.on('stream', (stream, headers) => {
  void (async () => {
    stream.respond({ ':status': 200 })
    for (let token = 0; token < Number(headers[':path']!.slice(1)); token++) {
      stream.write(tokenEvent({ token, text: '', logprob: NaN, top: [] }))
      await wait(1)
    }
    stream.end()
  })()
})
await once(bare.listen(0, '127.0.0.1'), 'listening')
process.on('message', (asked: Asked) => {
  void (async () => {
    const client = async (number: number): Promise<void> => {
      for (let i = 0; i < asked.requests; i++) await ask(asked, number)
    }
    await Promise.all(Array.from({ length: asked.clients }, (_, number) => client(number)))
    tell({ answered: asked.clients * asked.requests })
  })()
})
process.on('disconnect', () => process.exit())
tell({ listens, bare: (bare.address() as AddressInfo).port })
