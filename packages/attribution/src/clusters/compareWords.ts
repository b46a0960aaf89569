import { clusterPolicy, type ClusterPolicy } from './clusterPolicy.ts'
import { carriesFact, isStrict, type RecordText } from './RecordText.ts'

/** How the words of a later record differ from an earlier one's, slips of the pen set aside; only words that carry a fact count. */
export type WordDifference = {
  /** Asked or answered by the earlier, and nowhere in the later. */
  missing: string[]
  /** Asked by the later, and nowhere in the earlier. */
  asked: string[]
  /** Answered by the later, and nowhere in the earlier. */
  added: string[]
  slips: number
  /** Share of the earlier's fact words that the later has, in permille. */
  kept: number
}

/** Compares two records by their words, in whatever order these stand. */
export function compareWords(earlier: RecordText, later: RecordText, policy: ClusterPolicy = clusterPolicy): WordDifference {
  const heldBy = (text: RecordText) => (word: string) => text.promptSet.has(word) || text.answerSet.has(word)
  const absent = (words: ReadonlySet<string>, holds: (word: string) => boolean) => [...words].filter((word) => carriesFact(word) && !holds(word))
  // What the earlier answers must be answered by the later, not only asked.
  const missing = [...new Set([...absent(earlier.promptSet, heldBy(later)), ...absent(earlier.answerSet, (word) => later.answerSet.has(word))])]
  const asked = absent(later.promptSet, heldBy(earlier))
  const added = absent(later.answerSet, heldBy(earlier))
  const allowed = Math.ceil(earlier.facts.size / policy.slipWords)
  let slips = 0
  for (const list of [asked, added]) {
    for (let i = list.length - 1; i >= 0 && missing.length > 0 && missing.length <= 8; i--) {
      const at = missing.findIndex((word) => isSlip(word, list[i]!, policy.slipLetters))
      if (at < 0 || slips === allowed) continue
      missing.splice(at, 1)
      list.splice(i, 1)
      slips++
    }
  }
  const kept = earlier.facts.size === 0 ? 0 : Math.floor((1000 * (earlier.facts.size - missing.length)) / earlier.facts.size)
  return { missing, asked, added, slips, kept }
}

/** Whether two words differ by one letter changed, lost or added, or by two neighbours swapped, and neither is a number or turns the sense round. */
export function isSlip(a: string, b: string, least: number = clusterPolicy.slipLetters): boolean {
  if (a === b) return true
  if (Math.abs(a.length - b.length) > 1 || Math.min(a.length, b.length) < least || isStrict(a) || isStrict(b)) return false
  let from = 0
  while (a[from] === b[from] && from < Math.min(a.length, b.length)) from++
  let tail = 0
  while (tail < Math.min(a.length, b.length) - from && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const [left, right] = [a.slice(from, a.length - tail), b.slice(from, b.length - tail)]
  if (left.length <= 1 && right.length <= 1) return true
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]
}
