/**
 * What a gateway's own work costs beside the engine's: processor time of this process for each token and each request that comes over a link, and for each receipt
 * that a node seals. Both ends of the link are this project's; the wire between them is memory, so that what is counted is signing, checking, parsing and text.
 */
import { Duplex } from 'node:stream'
import { deploymentId, hashJson, openAccount, samplingSeed, signStatement, statementDomain, tokenHash, zeroHash, type Deployment, type Hex, type Json, type Network } from '@openledger/protocol'
import type { PrivateKeyAccount } from 'viem'
import { endEvent, tokenEvent } from '../wire/answerEvents.ts'
import { LinkFault } from '../wire/LinkFault.ts'
import { numbered } from '../wire/orderLines.ts'
import type { AnswerOrder } from '../worker/AnswerOrder.ts'
import { buildReceipt } from '../worker/buildReceipt.ts'
import { ReceiptSigner } from '../worker/ReceiptSigner.ts'
import { OrderStream } from './OrderStream.ts'
import { RemoteLink } from './RemoteLink.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const at = (n: number): `0x${string}` => `0x${n.toString(16).padStart(40, '0')}`
const [gateway, node, owner] = [1, 2, 3].map((n) => openAccount(hash(n))) as [PrivateKeyAccount, PrivateKeyAccount, PrivateKeyAccount]
const network = { chainId: 7, treasury: at(99), contracts: { stakes: at(1), models: at(2), epochs: at(3) } } as unknown as Network
const profile: Json = { batchInvariant: true, logitsHashes: true }
const [baseId, profileHash] = [hash(10), hashJson(profile)]
const piece = new TextEncoder().encode(' word')
const requests = 60
const [few, many] = [16, 416]

const deployment: Deployment = { owner: owner.address, adapterId: baseId, inputPrice: 10n, outputPrice: 100n, nodePpm: 500_000, ownerPpm: 400_000, stakersPpm: 100_000, contributorsPpm: 0, methodHash: zeroHash, tableHash: zeroHash, nonce: 1n }
const deploymentSignature = await signStatement(owner, statementDomain(network.chainId, network.contracts.models), 'Deployment', deployment)
const signer = new ReceiptSigner({ network, account: node, nextNonce: 1n })
const promptTokens = Array.from({ length: 64 }, (_, i) => i)

function orderOf(number: number, maxTokens: number): AnswerOrder {
  const salt = hash(1000 + number)
  const terms = { gateway: gateway.address, baseId, channelId: hash(13), deploymentId: deploymentId(deployment), deployment, deploymentSignature, adapterId: null, manifest: null }
  const requestHash = tokenHash(salt, promptTokens)
  const [clientNonce, commitment] = [hash(14), hash(15)]
  const sampling = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, maxTokens, stop: [], seed: samplingSeed(clientNonce, commitment, requestHash) }
  return { ...terms, promptTokens, salt, requestHash, samplingHash: hashJson(sampling), clientNonce, nodeCommitment: commitment, answered: [], logprobs: false, topLogprobs: 0, scheduling: {}, platformFee: 5n, attributionSeconds: 60, sampling }
}

/** The lines that a node sends for an order. */
async function linesOf(order: AnswerOrder): Promise<Uint8Array[]> {
  const tokens = Array.from({ length: order.sampling.maxTokens }, (_, i) => i % 997)
  const result = { tokens, text: '', logprobs: [], top: [], logitsHashes: tokens.map((t) => hash(t)), finishReason: 'length' as const, promptTokens: promptTokens.length }
  const { receipt } = buildReceipt({ ...order, snapshotIds: [], node: node.address, treasury: network.treasury, stakers: network.contracts.stakes, outputHash: tokenHash(order.salt, tokens), result, profileHash, attribution: { root: zeroHash, deadline: null, contributors: [] }, time: Math.floor(Date.now() / 1000) })
  const signed = await signer.sign(receipt, () => Promise.resolve())
  return [...tokens.map((token) => tokenEvent({ token, text: '', logprob: NaN, top: [] })), endEvent({ result, receipt: signed, deadline: null })].map((line) => Buffer.from(numbered(1, line)))
}

/** Processor milliseconds of this process. */
const spent = (since?: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

/** Processor milliseconds for one request with so many tokens, the median of the rounds. */
async function perRequest(maxTokens: number): Promise<number> {
  const orders = Array.from({ length: requests }, (_, i) => orderOf(i, maxTokens))
  const replies = await Promise.all(orders.map(linesOf))
  const rounds: number[] = []
  for (let round = 0; round < 7; round++) {
    const before = process.cpuUsage()
    for (const [index, order] of orders.entries()) {
      const wire = new Duplex({
        read: () => undefined,
        write: (_, __, done) => {
          done()
          void (async () => {
            for (const line of replies[index]!) {
              await Promise.resolve()
              wire.push(line)
            }
          })()
        },
      })
      const orders = new OrderStream(wire, () => new LinkFault('NODE_LOST', 'the wire broke'))
      const connection = { order: (text: string, take: (line: string) => boolean, signal: AbortSignal) => orders.send(text, take, signal), post: () => Promise.reject(new TypeError('nothing is posted')), close: () => undefined }
      const link = new RemoteLink({ network, node: node.address, baseId, session: hash(11), profile, profileHash, account: gateway, connection, weights: undefined as never, pieceOf: () => Promise.resolve(() => piece), firstNonce: 0n, claim: () => Promise.resolve(() => undefined), now: () => Date.now() })
      await link.answer(order, { onToken: () => undefined, signal: new AbortController().signal })
    }
    rounds.push(spent(before) / requests)
  }
  return rounds.sort((a, b) => a - b)[3]!
}

const [short, long] = [await perRequest(few), await perRequest(many)]
const token = (long - short) / (many - few)
const order = orderOf(0, few)
const body = { ...buildReceipt({ ...order, snapshotIds: [], node: node.address, treasury: network.treasury, stakers: network.contracts.stakes, outputHash: hash(5), result: { tokens: [1], text: '', logprobs: [], top: [], logitsHashes: [hash(1)], finishReason: 'stop', promptTokens: 64 }, profileHash, attribution: { root: zeroHash, deadline: null, contributors: [] }, time: 1 }).receipt }
const sealed = 2000
const before = process.cpuUsage()
for (let i = 0; i < sealed; i++) await signer.sign(body, () => Promise.resolve())
const seal = spent(before) / sealed
process.stdout.write(`processor time of the gateway's end of a link: ${(1000 * token).toFixed(1)} µs a token, ${(short - few * token).toFixed(2)} ms a request beside its tokens\n`)
process.stdout.write(`processor time to seal a receipt: ${seal.toFixed(3)} ms, ${(1000 / seal).toFixed(0)} a second on one core, flushing to the disk not counted\n`)
