import { answerTokenLeaf, OrderedTree, type AnswerToken } from '@openledger/protocol'
import type { SpanFinder } from '../spans/SpanFinder.ts'

/** An answer's tokens as the document commits to them. */
export function answerTokens(finder: Pick<SpanFinder, 'tokenWeight'>, answer: ArrayLike<number>, wordStarts: Uint8Array): AnswerToken[] {
  return Array.from({ length: answer.length }, (_, i) => ({ token: answer[i], startsWord: i === 0 || wordStarts[i] === 1, weight: finder.tokenWeight(answer[i]) }))
}

/** The tree over them. */
export const answerTokensTree = (tokens: readonly AnswerToken[]): OrderedTree => new OrderedTree(tokens.map(answerTokenLeaf))
