import { z } from 'zod'
import { count } from '../../artefacts/fields.ts'
import type { AttributionHeader } from '../headers/attributionHeaderRoot.ts'
import { tableHeaderSchema, tableRoot } from '../headers/tableRoot.ts'
import { scoreLeaf, scoreSchema, sumsLeaf, sumsSchema } from '../leaves/attributionLeaves.ts'
import { chunkSizes } from '../leaves/chunkSizes.ts'
import { opening, opens, otherSize } from '../leaves/opening.ts'
import { notProven, proven, type Verdict } from '../Verdict.ts'
import { placeOfSums } from './verifyDotProduct.ts'

/** "This atom's score is not minus its last running sum." */
export const scoreClaimSchema = z.strictObject({ name: z.literal('score'), table: tableHeaderSchema, atom: count, score: opening(scoreSchema), last: opening(sumsSchema) })
export type ScoreClaim = z.infer<typeof scoreClaimSchema>

/** Whether a score is another than minus the last running sum of its atom. */
export function verifyScore({ table, atom, score, last }: ScoreClaim, header: AttributionHeader): Verdict {
  if (tableRoot(table) !== header.tableRoot) return notProven('the header is not that of the signed document')
  if (atom >= table.atomCount) return notProven('there is no such atom')
  if (otherSize(header.scoresRoot, score, scoreLeaf, table.atomCount)) return proven('there is another number of scores than atoms')
  if (!opens(header.scoresRoot, score, scoreLeaf, atom, table.atomCount)) return notProven('the score does not open')
  const { index, size, column } = placeOfSums(atom, Math.ceil(table.parameterCount / chunkSizes.vector) - 1, table)
  if (!opens(header.sumsRoot, last, ({ sums }) => sumsLeaf(sums), index, size)) return notProven('the last running sums do not open')
  const sum = last.leaf.sums[column]
  if (sum === undefined) return proven('a leaf of running sums holds another number of atoms')
  return score.leaf.score === -sum ? notProven('the score is right') : proven(`the score of atom ${atom} is ${-sum}, not ${score.leaf.score}`)
}
