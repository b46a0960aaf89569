import { keccak, OpenLedgerError, toHex, type Hex } from '@openledger/protocol'
import { Router } from '../../router/Router.ts'
import { routerSettings, type RouterSettings } from '../../router/RouterSettings.ts'
import { EventQueue } from '../time/EventQueue.ts'
import { seededRandom } from '../time/seededRandom.ts'
import { ModelledNode, type NodeModel } from './ModelledNode.ts'

export type RoutingSimulation = {
  seed: number
  nodes: readonly NodeModel[]
  adapters: number
  /** The adapter of rank r is asked for in proportion to 1 / r to this power. */
  popularity: number
  /** Orders a second, at random times. */
  rate: number
  seconds: number
  /** Mean length of answers in tokens; exponential. */
  tokens: number
  /** `router`: this project's; `random`: any node that has room, as likely as any other. */
  choice: 'router' | 'random'
  /** Other settings of the router than its own. */
  settings?: Partial<RouterSettings>
}

export type RoutingOutcome = {
  finishedPerSecond: number
  /** Part of orders that found every node full. */
  refused: number
  firstTokenMs: { median: number; p99: number }
  /** Adapters loaded, per finished answer. */
  loads: number
  /** Per node: its part of the orders over its fair part, which is its weight by score over that of all, on average over time. */
  shares: number[]
}

const announceMs = 10_000
const baseId = toHex(new Uint8Array(32))
/** Orders of the first part of the time fill caches and queues, and are not counted. */
const warmShare = 0.1

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))] ?? Number.NaN
}

/**
 * Plays a load on nodes in virtual time. The router is the one that the gateway runs, with virtual clock and seeded chance: it sees announcements every ten
 * seconds and what it measures itself. The same seed gives the same result.
 */
export function simulateRouting({ seed, nodes: models, adapters, popularity, rate, seconds, tokens, choice, settings }: RoutingSimulation): RoutingOutcome {
  const [chance, routing] = [seededRandom(seed), seededRandom(seed + 1)]
  const events = new EventQueue()
  const nodes = models.map((model) => new ModelledNode(model, events))
  const ids = Array.from({ length: adapters }, (_, index): Hex => keccak(Uint8Array.of(index >> 8, index & 255)))
  const numbers = new Map(ids.map((id, index) => [id, index]))
  const router = new Router({ now: () => events.now, random: routing, settings: { ...settings, hedge: { ...routerSettings.hedge, share: 0 } } })
  const inFlight = models.map(() => 0)
  const [orders, weights] = [models.map(() => 0), models.map(() => 0)]
  const firsts: number[] = []
  const counted = { finished: 0, refused: 0, offered: 0, loadsBefore: 0 }
  const [warmUntil, end] = [warmShare * seconds * 1000, seconds * 1000]

  const announce = (): void => {
    nodes.forEach((node, index) => {
      const { held } = node
      router.set({ id: `node-${index}`, baseId, profileHash: baseId, exactReplay: true, slots: node.model.slots, positions: 4096, stake: 100n, inputPrice: 0n, outputPrice: 0n, holds: (id) => held.has(numbers.get(id)!) })
    })
    if (events.now >= warmUntil) {
      const found = router.standings(baseId).map(({ id, score }) => ({ index: Number(id.slice('node-'.length)), weight: Math.exp(routerSettings.sharpness * score) }))
      const all = found.reduce((sum, { weight }) => sum + weight, 0)
      for (const { index, weight } of found) weights[index]! += weight / all
    }
    events.after(announceMs, announce)
  }

  const cumulative: number[] = []
  for (let rank = 1; rank <= adapters; rank++) cumulative.push((cumulative.at(-1) ?? 0) + rank ** -popularity)
  const draw = (): number => {
    const at = chance() * cumulative.at(-1)!
    return cumulative.findIndex((sum) => at < sum)
  }

  /** @returns the node, and what is told of the order; undefined when all are full */
  const place = (adapter: number): { index: number; token: () => void; finish: (tokens: number) => void } | undefined => {
    if (choice === 'random') {
      const roomy = models.flatMap(({ slots }, index) => (inFlight[index]! < Math.ceil(routerSettings.fullLoad * slots) ? [index] : []))
      const index = roomy[Math.floor(routing() * roomy.length)]
      return index === undefined ? undefined : { index, token: () => undefined, finish: () => undefined }
    }
    try {
      const attempt = router.assign({ baseId, adapterId: ids[adapter]!, positions: 1024, inputPrice: 0n, outputPrice: 0n })
      return { index: Number(attempt.node.slice('node-'.length)), token: () => attempt.token(), finish: (count) => {
          for (let i = 1; i < count; i++) attempt.token()
          attempt.end('finished')
        } }
    } catch (error) {
      if (error instanceof OpenLedgerError && error.code === 'NODES_FULL') return undefined
      throw error
    }
  }

  const arrive = (): void => {
    events.after((-1000 * Math.log(1 - chance())) / rate, arrive)
    const adapter = draw()
    const length = Math.max(1, Math.round(-tokens * Math.log(1 - chance())))
    const began = events.now
    const isCounted = began >= warmUntil
    if (isCounted) counted.offered += 1
    const placed = place(adapter)
    if (!placed) return void (isCounted && (counted.refused += 1))
    const { index, token, finish } = placed
    inFlight[index]! += 1
    if (isCounted) orders[index]! += 1
    nodes[index]!.give({
      adapter,
      tokens: length,
      onFirst: () => {
        token()
        if (isCounted) firsts.push(events.now - began)
      },
      onEnd: () => {
        inFlight[index]! -= 1
        finish(length)
        if (isCounted) counted.finished += 1
      },
    })
  }

  announce()
  arrive()
  events.runUntil(warmUntil)
  counted.loadsBefore = nodes.reduce((sum, { loads }) => sum + loads, 0)
  events.runUntil(end)
  firsts.sort((a, b) => a - b)
  const [allOrders, allWeights] = [orders, weights].map((list) => list.reduce((sum, value) => sum + value, 0)) as [number, number]
  return {
    finishedPerSecond: counted.finished / ((1 - warmShare) * seconds),
    refused: counted.refused / counted.offered,
    firstTokenMs: { median: quantile(firsts, 0.5), p99: quantile(firsts, 0.99) },
    loads: (nodes.reduce((sum, { loads }) => sum + loads, 0) - counted.loadsBefore) / counted.finished,
    shares: orders.map((count, index) => count / allOrders / (weights[index]! / allWeights)),
  }
}
