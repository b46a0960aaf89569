import { foldText, wordsOf } from './foldText.ts'
import { frameWords, turningWords } from './frameWords.ts'

/** A record as words: folded, and split into those that carry the fact and those that only frame it. */
export type RecordText = {
  /** Folded words of prompt and completion with a border between; equal for exact copies. */
  key: string
  prompt: readonly string[]
  answer: readonly string[]
  /** Distinct words of prompt, of answer, and those of both that carry the fact. */
  promptSet: ReadonlySet<string>
  answerSet: ReadonlySet<string>
  facts: ReadonlySet<string>
  /** Those that stand with a capital inside a sentence: names. */
  names: ReadonlySet<string>
}

/** Words beyond this many are not read; a record has at most 16 KiB of prompt and of completion. */
const mostWords = 20_000

/** Reads a record's text. */
export function recordText({ prompt, completion }: { prompt: string; completion: string }): RecordText {
  const asked = oneNegation(wordsOf(foldText(prompt)).slice(0, mostWords))
  const answer = oneNegation(wordsOf(foldText(completion)).slice(0, mostWords))
  const facts = new Set([...asked, ...answer].filter(carriesFact))
  const names = new Set([...namesIn(prompt), ...namesIn(completion)])
  return { key: `${asked.join(' ')}\n${answer.join(' ')}`, prompt: asked, answer, promptSet: new Set(asked), answerSet: new Set(answer), facts, names }
}

/** Writes negations in one way ("isn't" as "is not", "can't" and "cannot" as "can not", "no one" as "nobody"), so that another spelling is no other sense. */
function oneNegation(words: readonly string[]): string[] {
  return words.flatMap((word, i) => {
    if (word === 'one' && words[i - 1] === 'no') return []
    if (word === 'no' && words[i + 1] === 'one') return ['nobody']
    if (word === 'cannot' || word === "can't") return ['can', 'not']
    if (word === "won't") return ['will', 'not']
    return word.length > 3 && word.endsWith("n't") ? [word.slice(0, -3), 'not'] : [word]
  })
}

/** Folded words that are written with a capital after a word that does not end a sentence. */
function namesIn(text: string): string[] {
  return Array.from(text.matchAll(/(?<=[\p{L}\p{N},;]['")\]]? )\p{Lu}[\p{L}\p{N}'-]*/gu), ([word]) => foldText(word)).flatMap(wordsOf)
}

/** Whether a word says what a record is about, rather than only framing it. */
export function carriesFact(word: string): boolean {
  return !frameWords.has(word)
}

/** Whether a word must never be taken for another: it has a digit or is a sign, or turns the statement round. */
export function isStrict(word: string): boolean {
  return turningWords.has(word) || !/^\p{L}[\p{L}\p{M}'-]*$/u.test(word)
}
