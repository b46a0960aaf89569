import { UnavailableError, type Hex } from '@openledger/protocol'
import { DecayedMean } from './DecayedMean.ts'
import { HedgeRule } from './HedgeRule.ts'
import { NodeBreaker } from './NodeBreaker.ts'
import { PeerScores } from './PeerScores.ts'
import { rankHomes } from './rankHomes.ts'
import { loadOf, slotsOf, type NodeProfile, type RoutedNode } from './RoutedNode.ts'
import { type RouterSettings, routerSettings } from './RouterSettings.ts'

export type RouterOptions = {
  /** Milliseconds; never goes back. */
  now: () => number
  /** A number in [0, 1). */
  random: () => number
  settings?: Partial<RouterSettings>
}

/** What a node has to be for an order. */
export type Wish = {
  baseId: Hex
  /** Set when the answer has begun: only this profile continues it exactly. */
  profileHash?: Hex
  adapterId: Hex | null
  /** Prompt and answer, in tokens. */
  positions: number
  /** What the deployment pays, smallest unit for 1,000 tokens. */
  inputPrice: bigint
  outputPrice: bigint
  /** Nodes that are not to be asked. */
  not?: ReadonlySet<string>
}

/** How an order ended: `refused` when the node was full, `withdrawn` when that says nothing of the node. */
export type AttemptEnd = 'finished' | 'failed' | 'refused' | 'withdrawn'

/** An order at a node. Whoever got it reports what happens, and its end exactly once. */
export type Attempt = {
  readonly node: string
  readonly profileHash: Hex
  /** Whether another node of this profile can go on with what this one begins. */
  readonly exactReplay: boolean
  /** After how long its first token is late; undefined while too little is known. */
  readonly lateAfterMs: number | undefined
  /** A token came. */
  token(): void
  /** @param retryAfterMs for `refused`: when the node may be asked again */
  end(how: AttemptEnd, retryAfterMs?: number): void
}

/** What everybody may know of a node: all of it measured by this gateway, or bonded. */
export type NodeStanding = { id: string; score: number; firstTokenMs: number | null; tokensPerSecond: number | null; failures: number; measurements: number; inFlight: number; state: 'closed' | 'resting' | 'trial' }

/** What is computed of all nodes of a base: fresh enough for so long, milliseconds. */
type Peers = { at: number; scores: PeerScores; lateAfterMs: number | undefined }
const freshMs = 100
const shortestFullMs = 100
const longestFullMs = 5000

/**
 * Chooses who answers. Nodes are drawn in proportion to their scores, two at a time, and the less busy of the two gets the order; those that hold the
 * adapter come first. It knows no network: whoever asks carries the order out and reports what was measured.
 */
export class Router {
  readonly #now: () => number
  readonly #random: () => number
  readonly #settings: RouterSettings
  readonly #nodes = new Map<string, RoutedNode>()
  readonly #hedges: HedgeRule
  readonly #peers = new Map<Hex, Peers>()

  constructor({ now, random, settings }: RouterOptions) {
    this.#now = now
    this.#random = random
    this.#settings = { ...routerSettings, ...settings }
    this.#hedges = new HedgeRule(this.#settings)
  }

  /** Adds a node, or takes over what it says now; what was measured stays. */
  set(profile: NodeProfile): void {
    this.#peers.clear()
    const known = this.#nodes.get(profile.id)
    if (known) {
      known.profile = profile
      return
    }
    const mean = (): DecayedMean => new DecayedMean(this.#settings.halfLifeMs)
    const measured = { firstToken: mean(), firstTokenError: mean(), speed: mean(), failures: mean() }
    this.#nodes.set(profile.id, { id: profile.id, profile, breaker: new NodeBreaker(this.#settings.breaker), ...measured, inFlight: 0, shownSlots: this.#settings.firstSlots, fullUntil: 0 })
  }

  /** Forgets a node and what was measured of it. */
  remove(id: string): void {
    this.#peers.clear()
    this.#nodes.delete(id)
  }

  /**
   * Gives an order to a node.
   * @throws UnavailableError NO_NODE when nobody serves such an order, NODES_FULL (429) with the time to wait
   */
  assign(wish: Wish): Attempt {
    const now = this.#now()
    const able = [...this.#nodes.values()].filter((node) => isAble(node.profile, wish))
    if (able.length === 0) throw new UnavailableError('NO_NODE', 'no node serves this at this price', { action: 'retry', fix: 'ask again later, or take another model' })
    const node = this.#choose(this.#ready(able, now), wish, now)
    this.#hedges.earn()
    return this.#begin(node, now)
  }

  /** Gives the same order to a second node because the first is late; undefined when that has been done too often or nobody else is free. */
  hedge(wish: Wish): Attempt | undefined {
    const now = this.#now()
    const free = [...this.#nodes.values()].filter((node) => isAble(node.profile, wish) && node.breaker.state(now) === 'closed' && node.fullUntil <= now && loadOf(node) < 1)
    if (free.length === 0 || !this.#hedges.take()) return undefined
    return this.#begin(this.#choose(free, wish, now), now)
  }

  /** A node was found to say what is not so: it rests as if it had failed often. */
  blame(id: string): void {
    const node = this.#nodes.get(id)
    for (let i = 0; node && i < this.#settings.breaker.failures; i++) this.#close(node, 'failed', this.#now(), 0)
  }

  /** How the nodes of a base stand, best first. */
  standings(baseId: Hex): NodeStanding[] {
    const now = this.#now()
    const peers = this.#peersOf(baseId)
    const scores = new PeerScores(peers, now, this.#settings)
    const shown = (mean: DecayedMean): number | null => (mean.weight(now) > 1e-3 ? Math.exp(mean.mean(now, 0, 0)) : null)
    return peers
      .map((node) => ({
        id: node.id,
        score: scores.scoreOf(node),
        firstTokenMs: shown(node.firstToken),
        tokensPerSecond: shown(node.speed),
        failures: node.failures.mean(now, 0, 0),
        measurements: node.failures.weight(now),
        inFlight: node.inFlight,
        state: node.breaker.state(now),
      }))
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
  }

  #peersOf(baseId: Hex): RoutedNode[] {
    return [...this.#nodes.values()].filter(({ profile }) => profile.baseId === baseId)
  }

  #comparison(baseId: Hex, now: number): Peers {
    const known = this.#peers.get(baseId)
    if (known && now - known.at < freshMs) return known
    const nodes = this.#peersOf(baseId)
    const { hedge } = this.#settings
    const peers = { at: now, scores: new PeerScores(nodes, now, this.#settings), lateAfterMs: hedge.share > 0 ? this.#hedges.lateAfterMs(nodes, now) : undefined }
    this.#peers.set(baseId, peers)
    return peers
  }

  /** Those that can take an order now. When all that have room are resting they are tried all the same: better a bad node than none. */
  #ready(able: readonly RoutedNode[], now: number): RoutedNode[] {
    const roomy = able.filter((node) => node.profile.bounded === false || (node.fullUntil <= now && node.inFlight < Math.ceil(this.#settings.fullLoad * slotsOf(node))))
    if (roomy.length === 0) {
      const wait = Math.min(...able.map(({ fullUntil }) => (fullUntil > now ? fullUntil - now : longestFullMs)))
      throw new UnavailableError('NODES_FULL', `all ${able.length} nodes that serve this have as much as they can take`, { status: 429, action: 'retry', retryAfterMs: Math.max(shortestFullMs, Math.min(wait, 1000)), fix: 'ask again in a moment' })
    }
    const sound = roomy.filter((node) => node.breaker.state(now) !== 'resting')
    return sound.length > 0 ? sound : roomy
  }

  #choose(ready: readonly RoutedNode[], { adapterId, baseId }: Wish, now: number): RoutedNode {
    if (ready.length === 1) return ready[0]!
    const { randomShare, coldLoad } = this.#settings
    if (this.#random() < randomShare) return ready[Math.floor(this.#random() * ready.length)]!
    const { scores } = this.#comparison(baseId, now)
    const draw = (from: readonly RoutedNode[]): RoutedNode[] => this.#drawTwo(from, (node) => scores.weightOf(node))
    if (adapterId === null) return leastBusy(draw(ready), loadOf)
    const holders = ready.filter(({ profile }) => profile.holds(adapterId))
    const others = ready.filter((node) => !holders.includes(node))
    const homes = rankHomes(adapterId, others, slotsOf, holders.length > 0 ? 1 : 2)
    const cold = new Set(homes)
    return leastBusy([...draw(holders), ...homes], (node) => loadOf(node) + (cold.has(node) ? coldLoad : 0))
  }

  /** Two different nodes, each drawn in proportion to its weight; what there is when there are fewer. */
  #drawTwo(from: readonly RoutedNode[], weightOf: (node: RoutedNode) => number): RoutedNode[] {
    const left = [...from]
    const drawn: RoutedNode[] = []
    while (drawn.length < 2 && left.length > 0) {
      let at = this.#random() * left.reduce((sum, node) => sum + weightOf(node), 0)
      let index = 0
      while (index < left.length - 1 && (at -= weightOf(left[index]!)) >= 0) index += 1
      drawn.push(...left.splice(index, 1))
    }
    return drawn
  }

  #begin(node: RoutedNode, began: number): Attempt {
    node.inFlight += 1
    node.breaker.began()
    const { lateAfterMs } = this.#comparison(node.profile.baseId, began)
    let [tokens, first, last] = [0, 0, 0]
    let open = true
    return {
      node: node.id,
      profileHash: node.profile.profileHash,
      exactReplay: node.profile.exactReplay,
      lateAfterMs,
      token: () => {
        last = this.#now()
        if (++tokens > 1) return
        first = last
        this.#measureFirst(node, Math.max(1, first - began), first)
      },
      end: (how, retryAfterMs = 0) => {
        if (!open) return
        open = false
        const now = this.#now()
        if (how === 'finished' && node.inFlight >= node.shownSlots) node.shownSlots += 1
        node.inFlight -= 1
        // A rate from very few tokens is mostly chance.
        if (tokens > 4) node.speed.add(Math.log((1000 * (tokens - 1)) / Math.max(1, last - first)), now)
        this.#close(node, how, now, retryAfterMs)
      },
    }
  }

  #measureFirst(node: RoutedNode, ms: number, now: number): void {
    const value = Math.log(ms)
    const expected = node.firstToken.mean(now, value, 0)
    node.firstTokenError.add(Math.abs(value - expected), now)
    node.firstToken.add(value, now)
  }

  #close(node: RoutedNode, how: AttemptEnd, now: number, retryAfterMs: number): void {
    if (how === 'finished') {
      node.breaker.succeeded()
      node.failures.add(0, now)
    } else if (how === 'failed') {
      node.breaker.failed(now)
      node.failures.add(1, now)
      node.shownSlots = Math.max(this.#settings.firstSlots, Math.floor(node.shownSlots / 2))
    } else {
      node.breaker.withdrawn()
      if (how === 'refused' && node.profile.bounded !== false) node.fullUntil = now + Math.max(shortestFullMs, Math.min(longestFullMs, retryAfterMs))
    }
  }
}

function isAble(profile: NodeProfile, { baseId, profileHash, positions, inputPrice, outputPrice, not }: Wish): boolean {
  if (profile.baseId !== baseId || (profileHash !== undefined && profile.profileHash !== profileHash)) return false
  return positions <= profile.positions && profile.inputPrice <= inputPrice && profile.outputPrice <= outputPrice && not?.has(profile.id) !== true
}

/** The first of those with the smallest load. */
function leastBusy(nodes: readonly RoutedNode[], load: (node: RoutedNode) => number): RoutedNode {
  return nodes.reduce((best, node) => (load(node) < load(best) ? node : best))
}
