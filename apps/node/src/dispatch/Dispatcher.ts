import type { NodeLink } from '../links/NodeLink.ts'
import type { NodeProfile } from '../router/RoutedNode.ts'
import type { AnswerOrder, NodeAnswer, OrderOptions } from '../worker/AnswerOrder.ts'
import { Alarms } from './Alarms.ts'
import { AnswerRun, type AnswerRunParts } from './AnswerRun.ts'

export type DispatcherParts = Pick<AnswerRunParts, 'router' | 'clock' | 'log'> & Partial<Pick<AnswerRunParts, 'mostNodes' | 'onLiar'>>

const mostNodes = 5

/** Has answers computed by whichever nodes there are. */
export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #links = new Map<string, NodeLink>()
  readonly #alarms: Alarms

  constructor(parts: DispatcherParts) {
    this.#parts = parts
    this.#alarms = new Alarms(parts.clock)
  }

  /** Adds a node, or takes over what it says now. */
  add(link: NodeLink, profile: Omit<NodeProfile, 'id'>): void {
    const id = link.node.toLowerCase()
    this.#links.set(id, link)
    this.#parts.router.set({ ...profile, id })
  }

  /** Gives no more orders to a node. */
  remove(node: string): void {
    const id = node.toLowerCase()
    this.#links.delete(id)
    this.#parts.router.remove(id)
  }

  /**
   * Has an order carried out: by another node when one fails, from where the answer stands. Each token is told once.
   * @throws UnavailableError NO_NODE, NODES_FULL, ANSWER_DISPUTED; the last node's error when no other can take over; the order's own faults
   */
  answer(order: AnswerOrder, options: OrderOptions): Promise<NodeAnswer> {
    return new AnswerRun({ mostNodes, onLiar: () => undefined, ...this.#parts, links: this.#links, alarms: this.#alarms }, order, options).complete()
  }
}
