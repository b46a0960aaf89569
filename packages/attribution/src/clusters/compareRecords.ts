import type { ClusterEvidence, ClusterMethod } from './ClusterRecord.ts'
import type { ClusterPolicy } from './clusterPolicy.ts'
import { compareWords, type WordDifference } from './compareWords.ts'
import { coverage } from './longMatches.ts'
import { embeddingCosine, gradientCosine } from './modelEvidence.ts'
import { isStrict, type RecordText } from './RecordText.ts'
import { jaccard } from './shingleSketch.ts'

/** What is compared of a record. */
export type ComparedRecord = { text: RecordText; shingles: Uint32Array; evidence?: ClusterEvidence }

/** Whether a word is so frequent among the records that another word in its place tells no other fact. */
export type IsCommon = (word: string) => boolean

/**
 * Whether a later record repeats an earlier one, and how that shows; null when it may say something else. Deterministic; the order of checks is
 * from what is plain to what is inferred.
 */
export function compareRecords(earlier: ComparedRecord, later: ComparedRecord, policy: ClusterPolicy, isCommon: IsCommon): { method: ClusterMethod; similarity: number } | null {
  const [a, b] = [earlier.text, later.text]
  if (!mayBeOne(a, b)) return null
  const words = compareWords(a, b, policy)
  const changed = [...words.missing, ...words.asked, ...words.added]
  const similarity = jaccard(earlier.shingles, later.shingles)
  const isLong = a.answer.length + a.prompt.length >= policy.longRecord
  if (similarity >= (isLong ? policy.longCopy : policy.nearCopy) && (changed.length === 0 || (isLong && !changed.some(isStrict))) && sameOrder(a, b)) return { method: 'near', similarity }
  if (!sameQuestion(a, b, words.asked)) return paraphrase(earlier, later, words, policy, isCommon)
  const [within, around] = [b.answer, a.answer]
  const isPadding = within.length <= policy.padding * around.length && around.length <= policy.padding * within.length
  if (isPadding && Math.min(a.answer.length, b.answer.length) >= policy.matchWords) {
    // Where numbers or words that turn the sense differ, they must stand outside: what is covered is one run then.
    const run = (words: readonly string[]): number => (sameStrict(around, within) ? policy.matchWords : Math.max(policy.matchWords, Math.ceil((words.length * policy.coverage) / 1000)))
    const covered = Math.max(coverage(around, within, run(around)), coverage(within, around, run(within)))
    const outside = covered === 1000 ? [] : words.missing.filter((word) => b.answer.length >= a.answer.length && isStrict(word))
    const lost = a.facts.size > 0 && words.missing.some((word) => a.promptSet.has(word))
    if (covered >= policy.coverage && outside.length === 0 && !lost && (covered === 1000 || words.missing.length === 0)) return { method: 'covered', similarity: covered }
  }
  if (words.missing.length === 0 && a.facts.size >= policy.factWords && !words.added.some(isStrict) && words.added.length <= a.facts.size) {
    return { method: 'reworded', similarity: words.kept }
  }
  return paraphrase(earlier, later, words, policy, isCommon)
}

/** Whether records share enough of their words for any of the checks: half of the facts of the one that has fewer. Saves the work of most comparisons. */
function mayBeOne(a: RecordText, b: RecordText): boolean {
  const [few, many] = a.facts.size < b.facts.size ? [a.facts, b.facts] : [b.facts, a.facts]
  let shared = 0
  for (const word of few) if (many.has(word)) shared++
  return 2 * shared >= few.size - 1
}

/** Whether the later asks for nothing that the earlier does not speak of. */
function sameQuestion(a: RecordText, b: RecordText, asked: readonly string[]): boolean {
  return asked.length === 0 && (a.prompt.length > 0) === (b.prompt.length > 0)
}

/** Whether answers have the same numbers and words that turn the sense, each as often, in one order. */
function sameStrict(a: readonly string[], b: readonly string[]): boolean {
  return a.filter(isStrict).join(' ') === b.filter(isStrict).join(' ')
}

/** Whether records of the same words have them in an order that says the same: numbers and words that turn the sense come in one order. */
function sameOrder(a: RecordText, b: RecordText): boolean {
  const strict = (text: RecordText): string => [...text.prompt, ...text.answer].filter(isStrict).join(' ')
  return strict(a) === strict(b)
}

function paraphrase(
  earlier: ComparedRecord,
  later: ComparedRecord,
  { missing, asked, added, kept }: WordDifference,
  policy: ClusterPolicy,
  isCommon: IsCommon,
): { method: ClusterMethod; similarity: number } | null {
  const [a, b] = [earlier.text, later.text]
  if (!earlier.evidence || !later.evidence || a.facts.size < policy.factWords || kept < 1000 - policy.replaced) return null
  const fixed = (word: string): boolean => isStrict(word) || a.names.has(word) || b.names.has(word)
  if (added.length + asked.length > a.facts.size || [...missing, ...asked, ...added].some(fixed)) return null
  const gradient = gradientCosine(earlier.evidence.simhash, later.evidence.simhash)
  const embedding = embeddingCosine(earlier.evidence.embedding, later.evidence.embedding)
  const isNear = (least: { gradient: number; embedding: number }): boolean => gradient >= least.gradient && embedding >= least.embedding
  const saidBeyond = [...a.facts].filter((word) => !a.promptSet.has(word)).length
  const isSameQuestion = asked.length === 0 && missing.every((word) => !a.promptSet.has(word)) && [...a.promptSet].some((word) => a.facts.has(word))
  const found =
    ([...missing, ...asked].every(isCommon) && isNear(policy)) ||
    (isSameQuestion && 1000 * missing.length <= policy.reanswered * saidBeyond && isNear({ gradient: policy.reansweredGradient, embedding: policy.reansweredEmbedding }))
  return found ? { method: 'paraphrase', similarity: gradient } : null
}
