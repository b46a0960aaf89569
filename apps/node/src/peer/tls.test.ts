import { createHash, X509Certificate } from 'node:crypto'
import { createServer } from 'node:tls'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { adaptersHash, hashJson, possessionProof, signStatement, statementDomain, zeroHash, type Announcement, type Hex, type Json, type Network } from '@openledger/protocol'
import { privateKeyToAccount } from 'viem/accounts'
import { systemClock } from '../config/Clock.ts'
import { silentLog } from '../config/Log.ts'
import { Http2Connection } from '../links/Http2Connection.ts'
import { RemoteLink } from '../links/RemoteLink.ts'
import { NodeRegistry } from '../nodes/NodeRegistry.ts'
import { selfSigned } from '../test/selfSigned.ts'
import { listenPeer, type PeerListener } from './listenPeer.ts'
import { peerApp } from './peerApp.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const [gateway, node] = [privateKeyToAccount(hash(1)), privateKeyToAccount(hash(2))]
const network = { chainId: 7, contracts: { stakes: '0x00000000000000000000000000000000000000a1' } } as unknown as Network
const [baseId, profile] = [hash(10), { batchInvariant: true } as Json]
const file = [Uint8Array.of(1, 2, 3)]
const now = (): number => Date.now()

let listener: PeerListener
let registry: NodeRegistry
let joined: string[]
let sequence = 0n
const own = selfSigned('a node')

beforeAll(async () => {
  const app = peerApp({ network, account: node, gateway: gateway.address, baseId, worker: { answer: () => Promise.reject(new TypeError('no orders here')) }, guard: undefined as never, prove: (challenge) => Promise.resolve(possessionProof(challenge, node.address, file)), challengesPerMinute: 30, clock: systemClock, log: silentLog })
  listener = await listenPeer(app, { host: '127.0.0.1', port: 0, tls: own })
})
afterAll(() => listener.close())
beforeEach(() => {
  joined = []
  registry = new NodeRegistry({
    ...{ network, gateway: gateway.address, baseId, clock: systemClock, log: silentLog, randomHash: () => hash(40) },
    stakeOf: () => Promise.resolve({ bonded: 100n, isStaked: true }),
    openLink: ({ statement: { node: who, url, certificate, session, profileHash } }) =>
      new RemoteLink({ network, node: who, baseId, session, profile, profileHash, account: gateway, connection: new Http2Connection({ url, certificate }), weights: undefined as never, pieceOf: undefined as never, firstNonce: 0n, claim: undefined as never, now }),
    expectedProof: (challenge, who) => Promise.resolve(possessionProof(challenge, who, file)),
    dispatcher: { add: (link) => joined.push(link.node), remove: () => undefined },
  })
})

/** What the registry says to an announcement of this address and certificate, signed by the node. */
async function announced(change: Pick<Announcement, 'url' | 'certificate'>): Promise<string> {
  const statement: Announcement = {
    ...{ node: node.address, gateway: gateway.address, baseId, profileHash: hashJson(profile), adaptersHash: adaptersHash([]), slots: 4, positions: 64, inputPrice: 0n, outputPrice: 0n },
    ...{ session: hash(20), sequence: (sequence += 1n), time: BigInt(now()), ...change },
  }
  const signature = await signStatement(node, statementDomain(7, network.contracts.stakes), 'Announcement', statement)
  return registry.accept({ statement, signature, profile, adapters: [] }).then(() => 'taken', (error: { code?: string }) => error.code ?? String(error))
}

describe('a node with a certificate of its own', () => {
  it('joins over TLS when it shows the certificate whose hash it announced', async () => {
    expect(listener.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect(listener.certificate).toBe(`0x${new X509Certificate(own.cert).fingerprint256.replaceAll(':', '').toLowerCase()}`)
    expect(await announced({ url: listener.url, certificate: listener.certificate })).toBe('taken')
    expect(joined).toEqual([node.address])
    await registry.challenge(node.address)
    expect(registry.nodes).toHaveLength(1)
    registry.close()
  })

  it('is refused under the hash of another certificate, without one, and in clear', async () => {
    const other = `0x${createHash('sha256').update(new X509Certificate(selfSigned('a node').cert).raw).digest('hex')}` as const
    expect(await announced({ url: listener.url, certificate: other })).toBe('WRONG_CERTIFICATE')
    expect(await announced({ url: listener.url, certificate: zeroHash })).toBe('UNSAFE_ADDRESS')
    expect(await announced({ url: listener.url.replace('https', 'http'), certificate: listener.certificate })).toBe('UNSAFE_ADDRESS')
    expect(await announced({ url: listener.url.replace('https', 'http'), certificate: zeroHash })).toBe('NODE_LOST')
    expect(joined).toEqual([])
  })

  it('is not taken for what listens in its place: nothing is said to that', async () => {
    let heard = 0
    const impostor = createServer({ ...selfSigned('a node', 2), ALPNProtocols: ['h2'] }, (socket) => socket.on('data', (bytes: Buffer) => (heard += Number(bytes.includes('/possession')))))
    await once(impostor.listen(0, '127.0.0.1'), 'listening')
    const url = `https://127.0.0.1:${(impostor.address() as AddressInfo).port}`
    expect(['WRONG_CERTIFICATE', 'NODE_LOST']).toContain(await announced({ url, certificate: listener.certificate }))
    expect([joined, heard]).toEqual([[], 0])
    impostor.close()
  })
})
