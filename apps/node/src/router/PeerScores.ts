import { spreadOf, zScore, type Spread } from './PeerStatistics.ts'
import type { RoutedNode } from './RoutedNode.ts'
import type { RouterSettings } from './RouterSettings.ts'

const figures = ['firstToken', 'speed', 'failures', 'stake', 'price'] as const
type Figures = Record<(typeof figures)[number], number>

/** What is right for a node of which nothing is known and that has no peers. */
const unknown = { firstToken: Math.log(500), speed: Math.log(20), failures: 0 }
/** Which way each figure is better: more, or less. */
const sign: Figures = { firstToken: -1, speed: 1, failures: -1, stake: 1, price: -1 }

const logOf = (amount: bigint): number => Math.log(1 + Number(amount))

/**
 * How the nodes of one base compare: each figure as a z-score among them, weighted and added. What is known of a node is drawn towards the mean of
 * its peers by as much as little is known of it.
 */
export class PeerScores {
  readonly #settings: RouterSettings
  readonly #prior: typeof unknown
  readonly #spreads: Record<keyof Figures, Spread>
  readonly #scores = new Map<string, number>()

  /** @param nodes all of one base */
  constructor(nodes: readonly RoutedNode[], now: number, settings: RouterSettings) {
    this.#settings = settings
    const common = (figure: keyof typeof unknown): number => {
      const known = nodes.map((node) => ({ weight: node[figure].weight(now), mean: node[figure].mean(now, 0, 0) })).filter(({ weight }) => weight > 0)
      const total = known.reduce((sum, { weight }) => sum + weight, 0)
      // A thousandth of a fresh measurement is no knowledge.
      return total > 1e-3 ? known.reduce((sum, { weight, mean }) => sum + weight * mean, 0) / total : unknown[figure]
    }
    this.#prior = { firstToken: common('firstToken'), speed: common('speed'), failures: common('failures') }
    const all = nodes.map((node) => this.#figuresOf(node, now))
    this.#spreads = Object.fromEntries(figures.map((figure) => [figure, spreadOf(all.map((values) => values[figure]))])) as Record<keyof Figures, Spread>
    nodes.forEach((node, index) => this.#scores.set(node.id, this.#score(all[index]!)))
  }

  /** A node's score: 0 is like its peers, more is better. */
  scoreOf({ id }: RoutedNode): number {
    return this.#scores.get(id) ?? 0
  }

  /** With what weight a node is drawn; 1 is like its peers. */
  weightOf(node: RoutedNode): number {
    return Math.exp(this.#settings.sharpness * this.scoreOf(node))
  }

  #score(values: Figures): number {
    const { weights } = this.#settings
    return figures.reduce((sum, figure) => sum + weights[figure] * sign[figure] * zScore(values[figure], this.#spreads[figure]), 0)
  }

  #figuresOf({ firstToken, speed, failures, profile }: RoutedNode, now: number): Figures {
    const { priorWeight } = this.#settings
    const prior = this.#prior
    return {
      firstToken: firstToken.mean(now, prior.firstToken, priorWeight),
      speed: speed.mean(now, prior.speed, priorWeight),
      failures: failures.mean(now, prior.failures, priorWeight),
      stake: logOf(profile.stake),
      price: logOf(profile.inputPrice + profile.outputPrice),
    }
  }
}
