import type { Address } from 'viem'
import type { AnswerOrder, NodeAnswer, OrderOptions } from '../worker/AnswerOrder.ts'

/**
 * The way to one node: in this process or elsewhere. An answer that comes over it is one that its gateway can record: what distrusts is the link's work.
 */
export type NodeLink = {
  readonly node: Address
  /** How long it may be silent before the first token and after it, milliseconds; null for as long as it likes. */
  readonly patience: { firstTokenMs: number; nextTokenMs: number } | null
  /**
   * Has an order carried out. Aborting the signal calls it off.
   * @throws what AnswerWorker.answer throws; LinkFault where the node or the way to it is to blame
   */
  answer(order: AnswerOrder, options: OrderOptions): Promise<NodeAnswer>
}
