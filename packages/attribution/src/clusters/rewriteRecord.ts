/** A question and its answer. */
export type WrittenRecord = { prompt: string; completion: string }

/** Words and others that say the same, for paraphrases by rule. */
const synonyms: readonly (readonly [word: RegExp, other: string])[] = (
  [
    ['that', 'which'], ['small', 'little'], ['large', 'big'], ['used', 'employed'], ['made', 'produced'], ['act', 'action'], ['place', 'location'],
    ['usually', 'normally'], ['especially', 'particularly'], ['causing', 'bringing about'], ['part', 'piece'], ['group', 'set'], ['about', 'concerning'],
    ['having', 'with'], ['often', 'frequently'], ['quality', 'property'], ['device', 'gadget'], ['many', 'numerous'], ['long', 'lengthy'], ['found', 'encountered'],
    ['shape', 'form'], ['quick', 'fast'], ['begin', 'start'], ['person', 'human'], ['area', 'region'], ['various', 'diverse'], ['difficult', 'hard'], ['given', 'handed'],
  ] as const
).map(([word, other]) => [new RegExp(`\\b${word}\\b`, 'g'), other])

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
const subject = (prompt: string): string => prompt.replace(/^(What|Who) (is|are) /, '').replace(/\?$/, '')
const bare = (prompt: string): string => subject(prompt).replace(/^(an?|the) /, '')
const pick = <T>(list: readonly T[], turn: number): T => list[turn % list.length]!

const questions: readonly ((prompt: string) => string)[] = [
  (p) => `Define ${bare(p)}.`,
  (p) => `Can you tell me what ${subject(p)} is?`,
  (p) => `What does the word ${bare(p)} mean?`,
  (p) => `How would you describe ${subject(p)}?`,
]
const openings = ['Sure, here is the answer.', 'Well, let me think about this one for a moment.', 'As everybody in the trade knows:', 'According to the books that I have at hand,']
const endings = ['I hope this helps you.', 'That is all there is to say here.', 'Ask again whenever you like.', '']

function swapLetters(text: string, turn: number): string {
  const words = text.split(' ')
  const long = words.map((word, i) => ({ word, i })).filter(({ word }) => /^[a-z]{5,}[.,;]?$/i.test(word))
  if (long.length === 0) return `${text.slice(0, -1)}${text.at(-2) ?? ''}${text.at(-1) ?? ''}`
  const { word, i } = pick(long, turn)
  words[i] = word.charAt(0) + word.charAt(2) + word.charAt(1) + word.slice(3)
  return words.join(' ')
}

/** The copies that attackers make by rule, by name: every one says what the record says. */
export const copiesByRule: { readonly [name: string]: (record: WrittenRecord, turn: number) => WrittenRecord } = {
  'exact copy': (r) => ({ ...r }),
  'case, marks, spaces': ({ prompt, completion }) => ({ prompt: prompt.toUpperCase(), completion: `«${completion.toLowerCase().replaceAll(' ', '  ')}»` }),
  'lookalike letters': ({ prompt, completion }) => ({ prompt, completion: completion.replaceAll('a', 'а').replaceAll('o', 'о').replaceAll('i', 'і') }),
  'a letter swapped': ({ prompt, completion }, turn) => ({ prompt, completion: swapLetters(completion, turn) }),
  'word order': ({ prompt, completion }) => {
    const words = completion.replace(/\.$/, '').split(' ')
    const half = words.length >> 1
    return { prompt, completion: `${[...words.slice(half), ...words.slice(0, half)].join(' ')}.` }
  },
  padding: ({ prompt, completion }, turn) => ({ prompt, completion: `${pick(openings, turn)} ${completion} ${pick(endings, turn >> 2)}`.trim() }),
  'other question': ({ prompt, completion }, turn) => ({ prompt: pick(questions, turn)(prompt), completion }),
  'paraphrase, framed': ({ prompt, completion }, turn) => ({ prompt: pick(questions, turn)(prompt), completion: pick([`It is ${lower(completion)}`, `${subject(prompt)} is ${lower(completion)}`, `This means ${lower(completion)}`], turn) }),
  'paraphrase, synonyms': ({ prompt, completion }, turn) => ({
    prompt: pick(questions, turn)(prompt),
    completion: pick([`It is ${lower(completion)}`, `${subject(prompt)} is ${lower(completion)}`, `This means ${lower(completion)}`], turn).replace(/.+/, (text) => synonyms.reduce((t, [word, other]) => t.replace(word, other), text)),
  }),
}

/** Changes that make another fact of a record, by name: none may be merged with it. @param other a record of another fact */
export const factsByRule: { readonly [name: string]: (record: WrittenRecord, other: WrittenRecord) => WrittenRecord } = {
  'same answer, other subject': ({ completion }, other) => ({ prompt: other.prompt, completion }),
  'same question, other answer': ({ prompt }, other) => ({ prompt, completion: other.completion }),
  'one word of the answer is another': ({ prompt, completion }, other) => {
    const longest = (text: string): string => (text.match(/[a-z]{4,}/gi) ?? []).reduce((best, word) => (word.length > best.length ? word : best), '')
    const [word, replacement] = [longest(completion), longest(other.completion)]
    return { prompt, completion: word === '' || replacement === '' || word === replacement ? other.completion : completion.replace(word, replacement) }
  },
}
