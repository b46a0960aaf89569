import { beforeEach, describe, expect, it } from 'vitest'
import { adaptersHash, fail, hashJson, signStatement, statementDomain, zeroHash, type Announcement, type Hex, type Json, type Network } from '@openledger/protocol'
import { privateKeyToAccount } from 'viem/accounts'
import { silentLog } from '../config/Log.ts'
import type { RemoteLink } from '../links/RemoteLink.ts'
import type { NodeProfile } from '../router/RoutedNode.ts'
import { LinkFault } from '../wire/LinkFault.ts'
import type { AnnouncementEnvelope } from './AnnouncedNode.ts'
import { NodeRegistry } from './NodeRegistry.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const [gateway, node, stranger] = [1, 2, 3].map((n) => privateKeyToAccount(hash(n))) as [ReturnType<typeof privateKeyToAccount>, ReturnType<typeof privateKeyToAccount>, ReturnType<typeof privateKeyToAccount>]
const network = { chainId: 7, contracts: { stakes: '0x00000000000000000000000000000000000000a1' } } as unknown as Network
const profile: Json = { batchInvariant: true }

let time: number
let bonds: Map<string, bigint>
let chainAway: boolean
/** What the node says to a challenge: the right proof, a wrong one, or nothing. */
let proves: 'right' | 'wrong' | 'error' | 'never'
let added: Map<string, Omit<NodeProfile, 'id'>>
let closed: string[]
let registry: NodeRegistry
let challenges: number
/** Lets the time for a challenge be over. */
let tooLate: () => void

beforeEach(() => {
  ;[time, bonds, chainAway, proves, added, closed, challenges] = [1e12, new Map([[node.address.toLowerCase(), 100n]]), false, 'right', new Map(), [], 0]
  registry = new NodeRegistry({
    ...{ network, gateway: gateway.address, baseId: hash(10), log: silentLog, clock: { now: () => time, sleep: (_, signal) => new Promise((resolve) => ((tooLate = resolve), signal?.addEventListener('abort', () => resolve()))) } },
    stakeOf: (who) => {
      if (chainAway) return Promise.resolve(fail('CHAIN_AWAY', 'away'))
      const bonded = bonds.get(who.toLowerCase()) ?? 0n
      return Promise.resolve({ bonded, isStaked: bonded >= 100n })
    },
    openLink: ({ statement }) =>
      ({
        node: statement.node,
        exactReplay: true,
        close: () => closed.push(statement.session),
        challenge: (_: Hex, signal: AbortSignal) => ((challenges += 1), proves === 'never' ? new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new LinkFault('CANCELLED', 'called off')))) : proves === 'error' ? Promise.reject(new LinkFault('NODE_LOST', 'gone')) : Promise.resolve(hash(proves === 'right' ? 50 : 51))),
      }) as unknown as RemoteLink,
    expectedProof: () => Promise.resolve(hash(50)),
    randomHash: () => hash(40),
    dispatcher: { add: (link, given) => added.set(link.node.toLowerCase(), given), remove: (id) => added.delete(id.toLowerCase()) },
  })
})

async function announced(change: Partial<Announcement> = {}, { signer = node, adapters = [], given = profile }: { signer?: typeof node; adapters?: Hex[]; given?: Json } = {}): Promise<AnnouncementEnvelope> {
  const statement: Announcement = {
    ...{ node: node.address, gateway: gateway.address, url: 'http://127.0.0.1:7900', certificate: zeroHash, baseId: hash(10), profileHash: hashJson(profile), adaptersHash: adaptersHash([]) },
    ...{ slots: 4, positions: 64, inputPrice: 0n, outputPrice: 0n, session: hash(20), sequence: 1n, time: BigInt(time) },
    ...change,
  }
  return { statement, signature: await signStatement(signer, statementDomain(7, network.contracts.stakes), 'Announcement', statement), profile: given, adapters }
}
const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'taken', (error: { code?: string }) => error.code ?? String(error))
const accept = async (...args: Parameters<typeof announced>): Promise<string> => codeOf(registry.accept(await announced(...args)))
const isIn = (): boolean => added.has(node.address.toLowerCase())

describe('nodes that announce themselves', () => {
  it('get orders once they have shown that they have the base, and are asked again only for a new session', async () => {
    expect(await accept()).toBe('taken')
    expect(isIn()).toBe(true)
    time += 10_000
    expect(await accept({ sequence: 2n, slots: 9 })).toBe('taken')
    expect([challenges, added.get(node.address.toLowerCase())?.slots]).toEqual([1, 9])
    time += 10_000
    expect(await accept({ session: hash(21) })).toBe('taken')
    expect([challenges, closed]).toEqual([2, [hash(20)]])
  })

  it.each<[string, () => Promise<string>]>([
    ['OTHER_GATEWAY', () => accept({ gateway: stranger.address })],
    ['OTHER_BASE', () => accept({ baseId: hash(11) })],
    ['CLOCKS_DIFFER', () => accept({ time: BigInt(time - 60_001) })],
    ['CLOCKS_DIFFER', () => accept({ time: BigInt(time + 60_001) })],
    ['UNSAFE_ADDRESS', () => accept({ url: 'http://203.0.113.7:7900' })],
    ['UNSAFE_ADDRESS', () => accept({ url: 'https://203.0.113.7:7900' })],
    ['ANNOUNCEMENT_DIFFERS', () => accept({}, { adapters: [hash(9)] })],
    ['ANNOUNCEMENT_DIFFERS', () => accept({}, { given: { batchInvariant: false } })],
    ['BAD_SIGNATURE', () => accept({}, { signer: stranger })],
    ['NOT_BONDED', () => accept({ node: stranger.address }, { signer: stranger })],
    ['NO_POSSESSION', () => ((proves = 'wrong'), accept())],
    ['NODE_LOST', () => ((proves = 'error'), accept())],
    ['NO_POSSESSION', () => ((proves = 'never'), setTimeout(() => tooLate(), 20), accept())],
  ])('are refused with %s', async (code, attempt) => {
    expect(await attempt()).toBe(code)
    expect(added.size).toBe(0)
  })

  it('count once: an announcement that was seen, or is older, changes nothing', async () => {
    const first = await announced()
    await registry.accept(first)
    expect(await codeOf(registry.accept(first))).toBe('ANNOUNCEMENT_REPLAYED')
    time += 5000
    await registry.accept(await announced({ session: hash(21) }))
    // Of the session before: the sequence is higher, the time is not.
    expect(await accept({ sequence: 7n, time: BigInt(time - 1000) })).toBe('ANNOUNCEMENT_REPLAYED')
    time += 40_000
    await registry.sweep()
    expect(isIn()).toBe(false)
    expect(await codeOf(registry.accept(first))).toBe('ANNOUNCEMENT_REPLAYED')
  })

  it('are challenged once at a time', async () => {
    const [one, two] = [await announced(), await announced({ sequence: 2n })]
    expect((await Promise.all([codeOf(registry.accept(one)), codeOf(registry.accept(two))])).sort()).toEqual(['JOINING', 'taken'])
  })

  it('are dropped when they are silent, when their bond is gone, or when they fail a challenge', async () => {
    await accept()
    time += 30_001
    await registry.sweep()
    expect(isIn()).toBe(false)
    await accept({ sequence: 2n })
    bonds.set(node.address.toLowerCase(), 99n)
    await registry.sweep()
    expect(isIn()).toBe(true)
    time += 29_000
    await accept({ sequence: 3n })
    time += 2000
    await registry.sweep()
    expect(isIn()).toBe(false)
    expect(await accept({ sequence: 4n })).toBe('NOT_BONDED')
    bonds.set(node.address.toLowerCase(), 100n)
    await accept({ sequence: 5n })
    expect(isIn()).toBe(true)
    proves = 'wrong'
    await registry.challenge(node.address)
    expect(isIn()).toBe(false)
  })

  it('stay while the chain is away, for ten minutes', async () => {
    await accept()
    chainAway = true
    for (let i = 2; time < 1e12 + 570_000; i++) {
      time += 20_000
      expect(await accept({ sequence: BigInt(i) })).toBe('taken')
      await registry.sweep()
      expect(isIn()).toBe(true)
    }
    time += 45_000
    expect(await accept({ sequence: 100n })).toBe('CHAIN_AWAY')
    await registry.sweep()
    expect(isIn()).toBe(false)
  })

  it('are not taken in for a while after they were found to lie', async () => {
    await accept()
    registry.ban(node.address)
    expect(isIn()).toBe(false)
    expect(await accept({ sequence: 2n })).toBe('NODE_BANNED')
    time += 600_001
    expect(await accept({ sequence: 3n })).toBe('taken')
  })
})
