import type { Address } from 'viem'
import type { AnswerWorker } from '../worker/AnswerWorker.ts'
import type { NodeLink } from './NodeLink.ts'

/** The link to a node in the same process: there is nobody to distrust, so nothing is signed or checked on the way. */
export function localLink(node: Address, worker: Pick<AnswerWorker, 'answer'>): NodeLink {
  return { node, patience: null, answer: (order, options) => worker.answer(order, options) }
}
