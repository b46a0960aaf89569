/** What the router weighs and how patient it is. Times are milliseconds. */
export type RouterSettings = {
  /** After this time a measurement counts half. */
  halfLifeMs: number
  /** With how many measurements' weight a node is taken to be like its peers. */
  priorWeight: number
  /** What one standard deviation of each figure adds to a node's score. */
  weights: { firstToken: number; speed: number; failures: number; stake: number; price: number }
  /** A node is drawn with probability proportional to e to this times its score. */
  sharpness: number
  /** Part of orders that go to any node that can take them, so that all are measured. */
  randomShare: number
  /** Which nodes an adapter belongs to is planned so often, from what was asked for; after the half-life an order counts half. */
  placement: { everyMs: number; halfLifeMs: number }
  /** Load from which on a node that an adapter belongs to is too busy for it. */
  homeLoad: number
  /** Load below which a node is idle enough to load an adapter that does not belong to it, or several at a time. */
  idleLoad: number
  /** Load that an adapter's loading counts for, in slots' worth of orders per slot. */
  coldLoad: number
  /** Slots that a node is believed to have before it has shown more: each order that it finishes while they are all taken shows one more, a failure halves them. */
  firstSlots: number
  /** Orders per slot that a node may have at once. */
  fullLoad: number
  /** Failures running after which a node rests, for how long first, and at most. */
  breaker: { failures: number; restMs: number; longestRestMs: number }
  /** Hedging: mean deviations above the mean (in logarithm) that count as late, at least so long, part of orders, after so many measurements. */
  hedge: { deviations: number; shortestMs: number; share: number; measurements: number }
}

export const routerSettings: RouterSettings = {
  halfLifeMs: 60_000,
  priorWeight: 4,
  weights: { firstToken: 0.35, speed: 0.25, failures: 0.5, stake: 0.1, price: 0.15 },
  sharpness: 1,
  randomShare: 0.05,
  placement: { everyMs: 5000, halfLifeMs: 300_000 },
  homeLoad: 1.375,
  idleLoad: 0.25,
  coldLoad: 0.5,
  firstSlots: 8,
  fullLoad: 1.5,
  breaker: { failures: 3, restMs: 1000, longestRestMs: 60_000 },
  hedge: { deviations: 3, shortestMs: 100, share: 0.05, measurements: 20 },
}
