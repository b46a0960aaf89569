import type { Hex } from '@openledger/protocol'
import { DecayedMean } from './DecayedMean.ts'
import { rankHomes } from './rankHomes.ts'

/** A node as placement sees it: what part of the work it is to have, and what it holds already. */
export type PlacementNode = { id: string; weight: number; holds(adapterId: Hex): boolean }

/** Adapters whose demand is remembered; the least asked for are forgotten first. */
const most = 4096
/** So much more than its part a node may be planned to have, so that few adapters have to be split. */
const slack = 1.15

/**
 * Says which nodes an adapter belongs to, by how often it is asked for: every node gets its part of the demand and of the adapters, an adapter that more is
 * asked of than one node's part gets several nodes, and what lies somewhere stays there while there is room.
 */
export class AdapterPlacement {
  readonly #halfLifeMs: number
  readonly #demand = new Map<Hex, DecayedMean>()
  #homes = new Map<Hex, string[]>()

  /** @param halfLifeMs after this time an order counts half in an adapter's demand */
  constructor(halfLifeMs: number) {
    this.#halfLifeMs = halfLifeMs
  }

  /** An answer of this adapter was asked for. @param now milliseconds; never goes back */
  asked(adapterId: Hex, now: number): void {
    let demand = this.#demand.get(adapterId)
    if (!demand) this.#demand.set(adapterId, (demand = new DecayedMean(this.#halfLifeMs)))
    demand.add(1, now)
  }

  /** The nodes of an adapter as last planned; undefined for one that was not planned. */
  homesOf(adapterId: Hex): readonly string[] | undefined {
    return this.#homes.get(adapterId)
  }

  /** Shares all adapters out anew: the most asked for first, each to those that hold it, then to those that a hash of adapter and node ranks first. */
  plan(nodes: readonly PlacementNode[], now: number): void {
    const asked = [...this.#demand].map(([id, mean]) => ({ id, demand: mean.weight(now) })).sort((a, b) => b.demand - a.demand || (a.id < b.id ? -1 : 1))
    for (const { id } of asked.splice(most)) this.#demand.delete(id)
    const [allDemand, allWeight] = [asked.reduce((sum, { demand }) => sum + demand, 0), nodes.reduce((sum, { weight }) => sum + weight, 0)]
    const room = new Map(nodes.map(({ id, weight }) => [id, { demand: (slack * allDemand * weight) / allWeight, adapters: Math.ceil(((asked.length + nodes.length) * weight) / allWeight) }]))
    this.#homes = new Map(asked.map(({ id, demand }) => [id, this.#share(id, demand, nodes, room)]))
  }

  #share(adapterId: Hex, demand: number, nodes: readonly PlacementNode[], room: ReadonlyMap<string, { demand: number; adapters: number }>): string[] {
    const ranked = rankHomes(adapterId, nodes, ({ weight }) => weight, nodes.length)
    const homes: string[] = []
    let left = demand
    const before = this.#homes.get(adapterId) ?? []
    const isThere = (node: PlacementNode): boolean => before.includes(node.id) || node.holds(adapterId)
    for (const { id } of [...ranked.filter(isThere), ...ranked.filter((node) => !isThere(node))]) {
      const free = room.get(id)!
      if (free.demand <= 0 || free.adapters <= 0) continue
      const part = Math.min(left, free.demand)
      free.demand -= part
      free.adapters -= 1
      left -= part
      homes.push(id)
      // A rest that is no work for a node is no reason to move an adapter.
      if (left <= 0.02 * demand) break
    }
    return homes.length > 0 ? homes : ranked.slice(0, 1).map(({ id }) => id)
  }
}
