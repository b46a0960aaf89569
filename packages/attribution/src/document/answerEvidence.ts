import type { AnswerGradient, GradientPath } from '@openledger/engine'
import type { Hex } from '@openledger/protocol'
import { gradientPath } from '../influence/gradientPath.ts'
import type { InfluenceTable } from '../influence/InfluenceTable.ts'
import { buildQueryVector } from '../influence/QueryVector.ts'
import { microNats } from '../shares/microNats.ts'
import { surprisal } from '../spans/surprisal.ts'
import { wordStarts } from '../spans/wordStarts.ts'
import type { AttributionInput } from './buildAttribution.ts'

/** What an engine must offer for an answer to be attributed; an EngineHost does. */
export type AnswerEngine = {
  answerGradient(adapterId: Hex, tokens: readonly number[], supervisedFrom: number, path?: GradientPath): Promise<AnswerGradient>
  pieces(tokens: readonly number[]): Promise<Uint8Array[]>
}

const paths = new WeakMap<InfluenceTable, GradientPath>()

function pathOf(table: InfluenceTable): GradientPath {
  const known = paths.get(table) ?? gradientPath(table)
  paths.set(table, known)
  return known
}

/**
 * Measures an answer: its gradient along the table's path, quantised; its losses; what each token told the bare base; where its words start. Node and audit call this same
 * function, so within one numerics profile they get the same bytes.
 * @param prompt token ids of the rendered prompt
 * @param answer token ids of the answer, at least one, without the token that ended it
 */
export async function answerEvidence(
  engine: AnswerEngine,
  table: InfluenceTable,
  prompt: readonly number[],
  answer: readonly number[],
): Promise<Pick<AttributionInput, 'query' | 'losses' | 'wordStarts'> & { baseSurprisal: number[] }> {
  const measured = await engine.answerGradient(table.adapterId, [...prompt, ...answer], prompt.length, pathOf(table))
  return {
    query: buildQueryVector(measured.gradient),
    losses: { base: microNats(measured.lossBase), tuned: microNats(measured.loss) },
    baseSurprisal: Array.from(measured.baseProbabilities, surprisal),
    wordStarts: wordStarts(await engine.pieces(answer)),
  }
}
