import { suffixArray } from '../spans/suffixArray.ts'
import type { RecordText } from './RecordText.ts'

/**
 * Finds where records share long runs of words, by one suffix array over all answers: linear in the words.
 * @param length words of a run
 * @returns per record, the numbers of the classes of equal runs that occur in more than one record, without repeats, in order of place
 */
export function sharedRuns(texts: readonly RecordText[], length: number): number[][] {
  const ids = new Map<string, number>()
  const size = texts.reduce((sum, { answer }) => sum + answer.length + 1, 0)
  const text = new Int32Array(size)
  const recordOf = new Int32Array(size)
  let at = 0
  texts.forEach(({ answer }, record) => {
    for (const word of answer) {
      const id = ids.get(word) ?? ids.size + 1
      ids.set(word, id)
      recordOf[at] = record
      text[at++] = id
    }
    recordOf[at] = record
    text[at++] = 0
  })
  const suffixes = suffixArray(text, ids.size + 1)
  const isRun = (i: number): boolean => {
    for (let d = 0; d < length; d++) if (i + d >= size || text[i + d] === 0) return false
    return true
  }
  const same = (a: number, b: number): boolean => {
    for (let d = 0; d < length; d++) if (text[a + d] !== text[b + d]) return false
    return true
  }
  const found = texts.map(() => new Set<number>())
  let number = 0
  for (let from = 0; from < size; ) {
    let to = from + 1
    if (isRun(suffixes[from]!)) {
      while (to < size && same(suffixes[from]!, suffixes[to]!)) to++
      const records = new Set<number>()
      for (let r = from; r < to; r++) records.add(recordOf[suffixes[r]!]!)
      if (records.size > 1) {
        for (const record of records) found[record]!.add(number)
        number++
      }
    }
    from = to
  }
  return found.map((set) => [...set])
}

/** Share of the words of `part` that stand in matches of at least `length` words with `whole`, in permille, rounded down. */
export function coverage(part: readonly string[], whole: readonly string[], length: number): number {
  if (part.length === 0) return 0
  const run = Math.min(length, part.length)
  const runs = new Set<string>()
  for (let i = 0; i + run <= whole.length; i++) runs.add(whole.slice(i, i + run).join(' '))
  let covered = 0
  for (let i = 0, end = 0; i + run <= part.length; i++) {
    if (!runs.has(part.slice(i, i + run).join(' '))) continue
    covered += i + run - Math.max(end, i)
    end = i + run
  }
  return Math.floor((1000 * covered) / part.length)
}
