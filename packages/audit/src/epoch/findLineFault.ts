import { compareHex, type EpochTrees, type Line, type PostedEpoch } from '@openledger/protocol'
import type { EpochFault } from './EpochFault.ts'

/** Whether the second of two neighbouring lines is what must follow the first. */
function follows(a: Line, b: Line): boolean {
  if (b.epochTotal !== a.epochTotal + b.amount) return false
  const order = compareHex(a.payee, b.payee)
  if (order !== 0) return order < 0 && b.runningTotal === b.amount
  return compareHex(a.receiptId, b.receiptId) < 0 && b.runningTotal === a.runningTotal + b.amount
}

/** Looks for a fault of the list of lines alone: order, running totals, count, total. */
export function findLineFault(trees: EpochTrees, { lineCount, total }: PostedEpoch): EpochFault | undefined {
  const { lines } = trees.file
  const [first] = lines
  if (first && (lines.length !== lineCount || first.runningTotal !== first.amount || first.epochTotal !== first.amount)) {
    return { claim: { name: 'first-line', line: trees.line(0) }, finding: `the first line does not begin its totals, or there are not ${lineCount} lines` }
  }
  if (!first && lineCount > 0) return { claim: { name: 'withheld', list: 'lines', place: 0 }, finding: `${lineCount} lines were posted and none is there` }
  const place = lines.findIndex((line, i) => i > 0 && !follows(lines[i - 1]!, line))
  if (place > 0) return { claim: { name: 'lines', first: trees.line(place - 1), second: trees.line(place) }, finding: `line ${place} is out of order or its totals do not add up` }
  if ((lines.at(-1)?.epochTotal ?? 0n) === total) return undefined
  return { claim: { name: 'total', last: first ? [trees.line(lines.length - 1)] : [] }, finding: `the total ${total} is not what the lines sum to` }
}
