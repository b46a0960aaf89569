import { createHash } from 'node:crypto'
import { MemoryStore } from '@openledger/datanet'
import { deploymentId, fail, openAccount, signStatement, statementDomain, zeroHash, type Deployment, type Hex, type Network, type Receipt, type ReceiptBundle } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Database } from '../../database/Database.ts'
import { SimulatedClock } from '../time/SimulatedClock.ts'
import { seededRandom, type SeededRandom } from '../time/seededRandom.ts'
import { oracleBalances } from './oracle.ts'
import type { Disk } from './MemoryFiles.ts'
import { SimulatedChain } from './SimulatedChain.ts'
import { findWrong, isTrue, SimulatedClient } from './SimulatedClient.ts'
import { baseId } from './SimulatedEngine.ts'
import { SimulatedGateway } from './SimulatedGateway.ts'
import { SimulatedNode, type Lie } from './SimulatedNode.ts'
import { VirtualNetwork } from './VirtualNetwork.ts'

/** What one seed brought about, and what is wrong with how it ended. */
export type NetworkOutcome = {
  seed: number
  wrong: string[]
  /** The same for the same seed. */
  digest: string
  counts: { answers: number; failed: number; receipts: number; epochs: number; nodeKills: number; gatewayKills: number; cuts: number; reorgs: number; liars: number; falseAnswers: number; slashed: number; named: number }
}

const began = Date.UTC(2026, 0, 1)
const seconds = 1000
const lies: readonly Lie[] = ['other tokens', 'higher fee', 'nonce again', 'ends early', 'complains', 'foreign signature']
const key = (n: number) => openAccount(`0x${n.toString(16).padStart(64, '0')}`)
const [gatewayKey, ownerKey] = [key(1), key(2)]
const at = (n: number): Address => `0x${n.toString(16).padStart(40, '0')}`
const names = ['wopen', 'parameters', 'datanets', 'models', 'channels', 'epochs', 'stakes'] as const
const network = { kind: 'openledger/network/1', chainId: 7, rpcUrl: '', deployBlock: 0n, treasury: at(99), contracts: Object.fromEntries(names.map((name, i) => [name, at(200 + i)])) } as unknown as Network
const baseFile = Uint8Array.of(1, 2, 3)
const deployment: Deployment = { owner: ownerKey.address, adapterId: baseId, inputPrice: 7001n, outputPrice: 31_337n, nodePpm: 512_345, ownerPpm: 387_654, stakersPpm: 100_001, contributorsPpm: 0, methodHash: zeroHash, tableHash: zeroHash, nonce: 1n }

type World = { clock: SimulatedClock; random: SeededRandom; wires: VirtualNetwork; chain: SimulatedChain; gateway: SimulatedGateway; nodes: SimulatedNode[]; clients: SimulatedClient[]; named: Set<string>; signed: Map<string, { nonce: bigint; hash: Hex }[]> }

async function openWorld(seed: number, database: Database, disk: Disk): Promise<World> {
  await database.reset()
  const random = seededRandom(seed)
  const clock = new SimulatedClock(began)
  const payers = [10, 11, 12].map((n) => key(n))
  const channelOf = (index: number): Hex => `0x${String(index + 1).padStart(64, 'c')}`
  const chain = new SimulatedChain({ clock, random: seededRandom(seed + 1), payers: new Map(payers.map(({ address }, index) => [channelOf(index), address])), gateway: gatewayKey.address })
  const wires = new VirtualNetwork(clock, seededRandom(seed + 2))
  const named = new Set<string>()
  const signature = await signStatement(ownerKey, statementDomain(network.chainId, network.contracts.models), 'Deployment', deployment)
  const model = { name: 'm', deploymentId: deploymentId(deployment), deployment, signature, registeredAt: 0, adapterId: null, manifest: null }
  const gateway = new SimulatedGateway({ clock, random: seededRandom(seed + 3), network, wires, chain, account: gatewayKey, database, content: new MemoryStore(), model, baseFile, disk: 'keeps', onLiar: (liar) => named.add(liar) })
  const signed: World['signed'] = new Map()
  const onReceipt = ({ statement }: { statement: Receipt }): void => void signed.set(statement.node, [...(signed.get(statement.node) ?? []), { nonce: statement.nonce, hash: statement.requestHash }])
  const count = random.whole(3, 5)
  const nodes = Array.from({ length: count }, (_, index) => {
    const account = key(100 + index)
    chain.bond(account.address)
    // Two nodes at least are honest, so that somebody can go on with an answer.
    const lie = index >= 2 && random.chance(0.4) ? random.pick(lies) : undefined
    const slow = random.chance(0.2) ? 8 : 1
    const habit = { firstTokenMs: slow * random.whole(20, 90), tokenMs: slow * random.whole(8, 30), slots: random.whole(2, 4), ...(lie === 'other tokens' ? { other: `node ${index}` } : {}), ...(random.chance(0.15) ? { stall: { every: 30, ms: 15 * seconds } } : {}) }
    return new SimulatedNode({ clock, random: seededRandom(seed + 100 + index), network, wires, chain, account, gateway: gatewayKey.address, owner: ownerKey.address, address: `127.0.0.1:${7900 + index}`, habit, lie, baseFile, disk, announce: (envelope) => gateway.announce(envelope), onReceipt })
  })
  const clients = payers.map((account, index) => new SimulatedClient({ clock, random: seededRandom(seed + 200 + index), network, gateway, account, channelId: channelOf(index), keepsMoney: index === 2 && random.chance(0.3), leaves: random.pick([0, 0, 0.1]) }))
  return { clock, random, wires, chain, gateway, nodes, clients, named, signed }
}

type Plan = { nodeKills: number; gatewayKills: number; cuts: number }

/** Chooses what goes wrong, and lets it go wrong while the clients ask. */
function disturb({ clock, random, wires, chain, gateway, nodes }: World, until: number): Plan {
  const plan: Plan = { nodeKills: 0, gatewayKills: 0, cuts: 0 }
  const during = (probability: number, meanMs: number, happen: () => void): void => {
    if (!random.chance(probability)) return
    const next = (): void =>
      clock.after(random.exponential(meanMs), () => {
        if (clock.now() >= until) return
        happen()
        next()
      })
    next()
  }
  const back = (start: () => Promise<void>): void => clock.after(random.whole(200, 6000), () => void start())
  wires.loss = random.pick([0, 0.002, 0.01])
  chain.faults = random.pick([0, 0.05, 0.2])
  during(0.7, 9 * seconds, () => {
    const node = random.pick(nodes)
    if (!node.isAlive) return
    plan.nodeKills += 1
    node.kill()
    back(() => node.start())
  })
  during(0.5, 14 * seconds, () => {
    if (!gateway.isAlive) return
    plan.gatewayKills += 1
    gateway.kill()
    back(() => gateway.start())
  })
  during(0.5, 10 * seconds, () => {
    plan.cuts += 1
    wires.cut(random.pick(nodes).parts.address, random.whole(500, 20_000))
  })
  during(0.5, 8 * seconds, () => chain.reorg())
  during(0.3, 15 * seconds, () => {
    chain.isAway = true
    clock.after(random.whole(500, 9000), () => (chain.isAway = false))
  })
  return plan
}

/** Executes receipts again, drawn at random, and takes the bond of whoever signed what is not so. */
async function audit({ clock, random, chain, gateway, clients }: World, slashed: Set<string>, until: number): Promise<void> {
  while (clock.now() < until) {
    await clock.sleep(3 * seconds)
    const bundles = await gateway.receipts(random.pick(clients).channelId).catch(() => [])
    const drawn = bundles.length > 0 ? random.pick(bundles) : undefined
    if (!drawn || isTrue(drawn)) continue
    chain.slash(drawn.receipt.statement.node)
    slashed.add(drawn.receipt.statement.node)
  }
}

/** Ends all that disturbs, brings everybody back, and settles everything that was paid for. @returns what is wrong */
async function comeToRest({ clock, wires, chain, gateway, nodes, clients }: World): Promise<string[]> {
  wires.heal()
  chain.faults = 0
  chain.isAway = false
  for (const part of [gateway, ...nodes]) await part.start()
  await clock.sleep(30 * seconds)
  const wrong: string[] = []
  for (const client of clients) if (!client.keepsMoney) await client.pay().catch((error: Error) => wrong.push(`a client cannot pay: ${error.message}`))
  for (let round = 0; round < 50; round++) {
    const index = await gateway.settle().catch((error: Error) => (wrong.push(`settling fails: ${error.message}`), null))
    if (index === null) return wrong
  }
  return [...wrong, 'settling does not end']
}

async function check(world: World, slashed: ReadonlySet<string>): Promise<{ wrong: string[]; bundles: ReceiptBundle[]; falseAnswers: number; balances: string }> {
  const { gateway, clients, nodes, named, signed } = world
  const wrong: string[] = []
  const perClient = await Promise.all(clients.map(async (client) => ({ client, bundles: await gateway.receipts(client.channelId), spent: await gateway.spent(client.channelId) })))
  const bundles = perClient.flatMap(({ bundles: list }) => list)
  const isLiar = (node: string, ...kinds: Lie[]): boolean => nodes.some(({ parts }) => parts.account.address === node && parts.lie !== undefined && (kinds.length === 0 || kinds.includes(parts.lie)))
  let falseAnswers = 0
  for (const { client, bundles: list, spent } of perClient) {
    if (list.reduce((sum, { receipt }) => sum + receipt.statement.fee, 0n) !== spent) wrong.push('a channel owes other than its receipts')
    const byTokens = new Map(list.map((bundle) => [bundle.answer.tokens.join(), bundle]))
    for (const { streamed, receiptId, code } of client.seen) {
      if (receiptId === undefined) {
        if (code === undefined) wrong.push('an answer ended in nothing')
      } else if (!byTokens.has(streamed.join())) wrong.push(`what streamed is in no receipt: ${receiptId}`)
    }
    for (const bundle of list) {
      const fault = findWrong(bundle)
      if (fault !== undefined) wrong.push(fault)
      if (isTrue(bundle)) continue
      falseAnswers += 1
      if (!isLiar(bundle.receipt.statement.node, 'other tokens')) wrong.push(`an honest node has signed a false answer: ${bundle.receipt.statement.node}`)
    }
  }
  for (const node of slashed) if (!isLiar(node, 'other tokens')) wrong.push(`an honest node was slashed: ${node}`)
  const liars = nodes.filter(({ parts }) => parts.lie === 'other tokens').length
  if (liars < 2) for (const node of named) if (!nodes.some(({ parts }) => parts.account.address.toLowerCase() === node && parts.lie !== undefined)) wrong.push(`an honest node was named a liar: ${node}`)
  for (const [node, list] of signed) if (!isLiar(node) && new Set(list.map(({ nonce }) => nonce)).size !== list.length) wrong.push(`an honest node has used a nonce twice: ${node}`)
  const keys = new Set(bundles.map(({ receipt }) => `${receipt.statement.node} ${receipt.statement.nonce}`))
  if (keys.size !== bundles.length) wrong.push('two receipts of one nonce are recorded')
  return { wrong, bundles, falseAnswers, balances: await checkMoney(world, perClient.flatMap(({ client, bundles: list }) => (client.keepsMoney ? [] : list)), wrong) }
}

/** Compares balances and what was collected with what follows from the receipts that were paid for. @returns the balances that stand, as text */
async function checkMoney({ gateway, chain }: World, paid: readonly ReceiptBundle[], wrong: string[]): Promise<string> {
  const expected = oracleBalances(paid, deployment, { treasury: network.treasury, stakers: network.contracts.stakes })
  const file = await gateway.newestEpoch()
  const standing = file ? chain.balances(file) : new Map<string, bigint>()
  if (typeof standing === 'string') {
    wrong.push(standing)
    return ''
  }
  const text = (map: ReadonlyMap<string, bigint>): string => [...map].map(([payee, amount]) => `${payee} ${amount}`).sort().join('\n')
  if (text(standing) !== text(expected)) wrong.push(`the balances are\n${text(standing)}\nnot\n${text(expected)}`)
  const collected = paid.reduce((sum, { receipt }) => sum + receipt.statement.fee, 0n)
  if (chain.credited !== collected) wrong.push(`collected was ${chain.credited}, not ${collected}`)
  return text(standing)
}

/**
 * Runs a gateway, three to five nodes, three clients and an auditor in virtual time, over wires that break, disks that lose what was not flushed, and a chain
 * that undoes blocks; then brings everybody back and compares what stands with what an oracle says. Router, dispatch, nodes, receipts, ledger and settlement
 * are those that run in earnest. The same seed gives the same run.
 * @param database emptied; one can serve one seed after the other
 * @param loadMs how long the clients ask, virtual milliseconds @param disk what the disks of nodes keep when they are killed
 */
export async function simulateNetwork(seed: number, database: Database, { loadMs = 30 * seconds, disk = 'keeps' }: { loadMs?: number; disk?: Disk } = {}): Promise<NetworkOutcome> {
  const world = await openWorld(seed, database, disk)
  const { clock, gateway, nodes, clients, chain, named } = world
  const until = began + 2 * seconds + loadMs
  const slashed = new Set<string>()
  const play = async (): Promise<NetworkOutcome> => {
    await gateway.start()
    for (const node of nodes) await node.start()
    await clock.sleep(2 * seconds)
    const plan = disturb(world, until)
    await Promise.all([...clients.map((client) => client.run(until)), audit(world, slashed, until)])
    const rested = await comeToRest(world)
    const { wrong, bundles, falseAnswers, balances } = await check(world, slashed)
    const seen = clients.flatMap((client) => client.seen)
    const trace = [...bundles.map(({ receipt }) => receipt.statement.requestHash + receipt.signature), ...seen.map(({ streamed, code }) => `${streamed.join()} ${code}`), balances].join('\n')
    const counts = { answers: seen.length, failed: seen.filter(({ receiptId }) => receiptId === undefined).length, receipts: bundles.length, epochs: chain.state.posted.length, ...plan, reorgs: chain.reorgs }
    const judged = { liars: nodes.filter(({ parts }) => parts.lie !== undefined).length, falseAnswers, slashed: slashed.size, named: named.size }
    return { seed, wrong: [...rested, ...wrong], digest: createHash('sha256').update(trace).digest('hex'), counts: { ...counts, ...judged } }
  }
  let ended: (() => NetworkOutcome) | undefined
  play().then(
    (outcome) => (ended = () => outcome),
    (error: unknown) => (ended = () => raise(error)),
  )
  await clock.runUntil(until + 600 * seconds, () => ended !== undefined)
  gateway.kill()
  for (const node of nodes) node.kill()
  return ended ? ended() : fail('NO_REST', `the network of seed ${seed} does not come to rest`, { action: 'stop' })
}

function raise(error: unknown): never {
  throw error
}
