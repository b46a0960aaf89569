import { UnavailableError, type Hex } from '@openledger/protocol'
import { AdapterPlacement } from './AdapterPlacement.ts'
import { DecayedMean } from './DecayedMean.ts'
import { HedgeRule } from './HedgeRule.ts'
import { NodeBreaker } from './NodeBreaker.ts'
import { PeerScores } from './PeerScores.ts'
import { RecentSet } from './RecentSet.ts'
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
/** An adapter that a node was given an order for is taken to be there until the node's announcement says so. */
const givenMs = 20_000
const shortestFullMs = 100
const longestFullMs = 5000

/**
 * Chooses who answers. Nodes are drawn in proportion to their scores, two at a time, and the less busy of the two gets the order; an adapter goes to the
 * nodes that it belongs to. It knows no network: whoever asks carries the order out and reports what was measured.
 */
export class Router {
  readonly #now: () => number
  readonly #random: () => number
  readonly #settings: RouterSettings
  readonly #nodes = new Map<string, RoutedNode>()
  readonly #hedges: HedgeRule
  readonly #peers = new Map<Hex, Peers>()
  readonly #placements = new Map<Hex, { at: number; placement: AdapterPlacement }>()

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
    this.#nodes.set(profile.id, { id: profile.id, profile, breaker: new NodeBreaker(this.#settings.breaker), ...measured, inFlight: 0, loading: 0, given: new RecentSet(givenMs), standing: new DecayedMean(this.#settings.placement.halfLifeMs), shownSlots: this.#settings.firstSlots, fullUntil: 0 })
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
    const node = able.length === 1 ? this.#ready(able, now)[0] : this.#choose(this.#ready(able, now), wish, now)
    if (!node) throw full(able, now)
    this.#hedges.earn()
    return this.#begin(node, wish.adapterId, now)
  }

  /** Gives the same order to a second node because the first is late; undefined when that has been done too often or nobody else is free. */
  hedge(wish: Wish): Attempt | undefined {
    const now = this.#now()
    const free = [...this.#nodes.values()].filter((node) => isAble(node.profile, wish) && node.breaker.state(now) === 'closed' && node.fullUntil <= now && loadOf(node) < 1)
    const node = this.#choose(free, wish, now)
    if (!node || !this.#hedges.take()) return undefined
    return this.#begin(node, wish.adapterId, now)
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
    if (roomy.length === 0) throw full(able, now)
    const sound = roomy.filter((node) => node.breaker.state(now) !== 'resting')
    return sound.length > 0 ? sound : roomy
  }

  /** @returns undefined when those that are ready have too much to do to load the adapter */
  #choose(ready: readonly RoutedNode[], { adapterId, baseId, profileHash, not }: Wish, now: number): RoutedNode | undefined {
    const { randomShare, coldLoad } = this.#settings
    const { scores } = this.#comparison(baseId, now)
    if (adapterId === null) {
      // A client waits in the middle of its answer: that is no time to find out how a node does.
      if (profileHash !== undefined) return leastBusy(ready, (node) => (loadOf(node) + 1 / slotsOf(node)) / scores.weightOf(node))
      if (this.#random() < randomShare) return ready[Math.floor(this.#random() * ready.length)]
      return leastBusy(this.#drawTwo(ready, (node) => scores.weightOf(node)), loadOf)
    }
    const cost = (node: RoutedNode): number => (loadOf(node) + 1 / slotsOf(node)) / scores.weightOf(node) + (isWarm(node, adapterId, now) ? 0 : coldLoad)
    const homes = this.#homesOf(adapterId, baseId, now)
    const isHomeless = homes.every((id) => not?.has(id) === true || this.#nodes.get(id)?.breaker.state(now) !== 'closed')
    // What has begun is not let fall, nor what has lost its home.
    return this.#amongHomes(ready, homes, { adapterId, cost, now }) ?? (profileHash !== undefined || isHomeless ? leastBusy(ready, cost) : undefined)
  }

  /** One of the nodes that an adapter belongs to; when those are full one that has it all the same; then one that has nothing else to do. */
  #amongHomes(ready: readonly RoutedNode[], own: readonly string[], { adapterId, cost, now }: { adapterId: Hex; cost: (node: RoutedNode) => number; now: number }): RoutedNode | undefined {
    const { homeLoad, idleLoad } = this.#settings
    const homes = ready.filter(({ id }) => own.includes(id))
    // Among much else to do adapters are loaded one at a time: what waits for the second one would wait longest of all.
    const loads = (node: RoutedNode): boolean => node.loading === 0 || loadOf(node) < idleLoad
    const roomy = homes.filter((node) => node.profile.bounded === false || (loadOf(node) < homeLoad && (isWarm(node, adapterId, now) || loads(node))))
    if (roomy.length > 0) return leastBusy(roomy, cost)
    const warm = ready.filter((node) => node.profile.holds(adapterId) && loadOf(node) < 1)
    if (warm.length > 0) return leastBusy(warm, cost)
    // To load an adapter where it is not at home drives out another one: that is for nodes that have little to do, one at a time. A full network does not load.
    return leastBusy(ready.filter((node) => loadOf(node) < idleLoad && node.loading === 0), cost)
  }

  /** Where an adapter belongs; it has been asked for now. */
  #homesOf(adapterId: Hex, baseId: Hex, now: number): readonly string[] {
    const placement = this.#placement(baseId, now)
    placement.asked(adapterId, now)
    return placement.homesOf(adapterId) ?? rankHomes(adapterId, this.#peersOf(baseId), slotsOf, 1).map(({ id }) => id)
  }

  #placement(baseId: Hex, now: number): AdapterPlacement {
    let known = this.#placements.get(baseId)
    if (!known) this.#placements.set(baseId, (known = { at: -Infinity, placement: new AdapterPlacement(this.#settings.placement.halfLifeMs) }))
    if (now - known.at >= this.#settings.placement.everyMs) {
      known.at = now
      const nodes = this.#peersOf(baseId).filter(({ breaker }) => breaker.state(now) !== 'resting')
      const { scores } = this.#comparison(baseId, now)
      for (const node of nodes) node.standing.add(Math.log(scores.weightOf(node)), now)
      known.placement.plan(nodes.map((node) => ({ id: node.id, weight: slotsOf(node) * Math.exp(node.standing.mean(now, 0, 1)), holds: (id) => isWarm(node, id, now) })), now)
    }
    return known.placement
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

  #begin(node: RoutedNode, adapterId: Hex | null, began: number): Attempt {
    let isCold = adapterId !== null && !isWarm(node, adapterId, began)
    const loaded = (): void => {
      if (isCold) node.loading -= 1
      isCold = false
    }
    if (isCold) node.loading += 1
    if (adapterId !== null) node.given.add(adapterId, began)
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
        loaded()
        this.#measureFirst(node, Math.max(1, first - began), first)
      },
      end: (how, retryAfterMs = 0) => {
        if (!open) return
        open = false
        loaded()
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

function full(able: readonly RoutedNode[], now: number): UnavailableError {
  const wait = Math.min(...able.map(({ fullUntil }) => (fullUntil > now ? fullUntil - now : longestFullMs)))
  return new UnavailableError('NODES_FULL', `all ${able.length} nodes that serve this have as much as they can take`, { status: 429, action: 'retry', retryAfterMs: Math.max(shortestFullMs, Math.min(wait, 1000)), fix: 'ask again in a moment' })
}

function isAble(profile: NodeProfile, { baseId, profileHash, positions, inputPrice, outputPrice, not }: Wish): boolean {
  if (profile.baseId !== baseId || (profileHash !== undefined && profile.profileHash !== profileHash)) return false
  return positions <= profile.positions && profile.inputPrice <= inputPrice && profile.outputPrice <= outputPrice && not?.has(profile.id) !== true
}

/** Whether a node has an adapter, or is about to. */
const isWarm = ({ profile, given }: RoutedNode, adapterId: Hex, now: number): boolean => profile.holds(adapterId) || given.has(adapterId, now)

/** The first of those with the smallest load. */
function leastBusy(nodes: readonly RoutedNode[], load: (node: RoutedNode) => number): RoutedNode | undefined {
  return nodes.length === 0 ? undefined : nodes.reduce((best, node) => (load(node) < load(best) ? node : best))
}
