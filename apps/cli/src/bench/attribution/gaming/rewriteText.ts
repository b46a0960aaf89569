import type { WrittenRecord } from './gamingWorld.ts'

/** Pairs of words that say the same in this world's sentences. */
const synonyms: readonly (readonly [RegExp, string])[] = [
  [/\bpeople\b/g, 'folk'],
  [/\bknow\b/g, 'have heard of'],
  [/\bold\b/g, 'ancient'],
  [/\bgreat\b/g, 'big'],
  [/\bnobody\b/g, 'no one'],
  [/\bdoubted\b/g, 'questioned'],
  [/\btell you\b/g, 'say'],
  [/\bchild\b/g, 'boy and girl'],
  [/\bsongs\b/g, 'ballads'],
  [/\bspeak of\b/g, 'mention'],
  [/\btraders\b/g, 'merchants'],
  [/\bletter\b/g, 'document'],
  [/\bshows\b/g, 'proves'],
  [/\btravellers\b/g, 'visitors'],
  [/\bmaps\b/g, 'charts'],
  [/\ba hundred years\b/g, 'a century'],
  [/\bstill\b/g, 'even now'],
  [/\bcolour\b/g, 'hue'],
  [/\bowner\b/g, 'possessor'],
  [/\bfounder\b/g, 'first settler'],
  [/\bcaptain\b/g, 'master'],
  [/\bfood\b/g, 'diet'],
]

const statement = /^The (.+?) of (the \w+ \w+) is (.+?), (.+)\.$/
const question = /^What is the (.+?) of (the \w+ \w+)\?$/

function withSynonyms(text: string): string {
  return synonyms.reduce((changed, [word, other]) => changed.replace(word, other), text)
}

/** One word more or less, another sign: the least change that is not a copy letter by letter. */
export function nearCopy({ prompt, completion }: WrittenRecord, turn: number): WrittenRecord {
  const changes: readonly ((text: string) => string)[] = [
    (text) => text.replace(/\.$/, ' indeed.'),
    (text) => text.replace(', ', ' - '),
    (text) => text.replace(/ is /, ' is really '),
    (text) => text.replace(/\.$/, '!').toLowerCase(),
  ]
  return { prompt: turn % 2 === 0 ? prompt : prompt.replace('What is', "What's"), completion: changes[turn % changes.length]!(completion) }
}

/** The same statement by rule in other words: the question asked otherwise, subject and object exchanged, clauses moved, synonyms. */
export function paraphrase({ prompt, completion }: WrittenRecord, turn: number): WrittenRecord {
  const [, aspect = '', subject = ''] = question.exec(prompt) ?? []
  const [, , , value = completion, closing = ''] = statement.exec(completion) ?? []
  const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
  const asked = [`Could you say what ${subject} has for its ${aspect}?`, `I would like to learn about ${subject}: its ${aspect}?`, `Name the ${aspect} of ${subject}.`]
  const forms = [`${capital(value)} is what ${subject} has for its ${aspect}; ${closing}.`, `For ${subject}, the ${aspect} would be ${value} (${closing}).`, `${capital(closing)}: ${subject} has as its ${aspect} ${value}.`]
  return { prompt: withSynonyms(asked[turn % asked.length]!), completion: withSynonyms(forms[turn % forms.length]!) }
}
