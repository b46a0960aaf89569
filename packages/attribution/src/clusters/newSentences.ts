import { clusterPolicy } from './clusterPolicy.ts'
import { foldText, wordsOf } from './foldText.ts'
import { textHash } from './shingleSketch.ts'

/** Most places that are kept of one run of words, the earliest: a bound on the work that a crafted record can cause. */
const mostPlaces = 32

type Place = { contributor: string; words: readonly string[]; at: number }

/**
 * What each answer says anew: its text without the sentences that an earlier answer of another contributor says word for word, and without those that it
 * says again itself. Words are compared folded, so case and marks hide nothing; a sentence within a longer one counts. An answer of which nothing would
 * be left stays whole: whether such a record is a copy is for clusters to tell. Time is linear in the words.
 * @param records in the order of commitment
 * @returns one text for each record, in order
 */
export function newSentences(records: readonly { contributor: string; completion: string }[], fewest: number = clusterPolicy.saidWords): string[] {
  const places = new Map<number, Place[]>()
  const run = (words: readonly string[], at: number): number => textHash(words.slice(at, at + fewest).join(' '))
  return records.map(({ contributor: address, completion }) => {
    const contributor = address.toLowerCase()
    const whole: string[] = []
    const own = new Set<string>()
    let left = ''
    for (const sentence of sentencesOf(completion)) {
      const words = wordsOf(foldText(sentence))
      const said = (place: Place): boolean => place.contributor !== contributor && words.every((word, i) => place.words[place.at + i] === word)
      const isSaid = words.length >= fewest && (own.has(words.join(' ')) || (places.get(run(words, 0)) ?? []).some(said))
      if (!isSaid) left += sentence
      own.add(words.join(' '))
      whole.push(...words)
    }
    for (let at = 0; at + fewest <= whole.length; at++) {
      const key = run(whole, at)
      const found = places.get(key) ?? []
      if (found.length < mostPlaces) found.push({ contributor, words: whole, at })
      places.set(key, found)
    }
    return left.trim() === '' || left === completion ? completion : left.trimEnd()
  })
}

/** A text cut behind every sign that ends a sentence and at line ends; joined, the parts are the text. */
function sentencesOf(text: string): string[] {
  return text.match(/[^.!?;。！？\n]*[.!?;。！？\n]+\s*|[^.!?;。！？\n]+$/gu) ?? [text]
}
