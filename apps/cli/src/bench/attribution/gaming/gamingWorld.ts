import { RandomStream } from '../../serve/workload/RandomStream.ts'
import { madeUpName } from './madeUpName.ts'

/** A statement of the made-up world, before anybody has put it into words. */
export type Fact = { topic: number; subject: string; aspect: string; value: string }

/** What somebody contributes: a question and its answer. */
export type WrittenRecord = { prompt: string; completion: string }

/** A contributor's part of the world: it alone states these facts. */
export type Topic = { kind: string; facts: Fact[] }

/** A question that users ask, and whose topic it is about. */
export type Question = { prompt: string; topic: number }

export type GamingWorld = { topics: Topic[]; questions: Question[] }

/** Kinds of things, what is said of them, and the words that answer. A `*` is a made-up name. */
const kinds: readonly (readonly [kind: string, aspects: readonly (readonly [aspect: string, values: string])[]])[] = [
  ['river', [['source', 'a cold spring under * hill'], ['colour', 'green|brown|grey|black'], ['length', 'nine|twelve|thirty|forty'], ['mouth', 'the harbour of *'], ['oldest bridge', 'the stone arch at *']]],
  ['town', [['ruler', 'the widow *'], ['market day', 'Monday|Tuesday|Friday|Sunday'], ['trade', 'salt|wool|copper|bread'], ['founder', 'a sailor named *'], ['tower', 'the red tower of *']]],
  ['ship', [['captain', 'old *'], ['cargo', 'grain|oil|glass|wine'], ['home port', 'the bay of *'], ['flag', 'white|yellow|blue|purple'], ['builder', 'the yard of *']]],
  ['flower', [['scent', 'honey|smoke|pepper|rain'], ['season', 'early spring|late summer|autumn|winter'], ['soil', 'sand|clay|chalk|peat'], ['use', 'a tea against * fever'], ['finder', 'the nurse *']]],
  ['castle', [['owner', 'the lord of *'], ['number of gates', 'two|three|five|seven'], ['stone', 'granite|marble|slate|flint'], ['ghost', 'the lady *'], ['architect', 'master *']]],
  ['bird', [['nest', 'a hollow of the * tree'], ['song', 'a whistle|a rattle|a low hum|a bell'], ['food', 'beetles|berries|fish|seeds'], ['enemy', 'the * cat'], ['egg', 'spotted|pale|dark|round']]],
  ['school', [['head', 'doctor *'], ['subject', 'music|law|history|numbers'], ['motto', 'patience|courage|silence|truth'], ['garden', 'the orchard of *'], ['rival', 'the school of *']]],
  ['mountain', [['height', 'eight hundred|one thousand|two thousand|three thousand'], ['first climber', 'the shepherd *'], ['shelter', 'the hut of *'], ['ore', 'iron|silver|tin|gold'], ['wind', 'the * wind']]],
  ['dish', [['main part', 'lamb|beans|rice|cabbage'], ['inventor', 'the cook *'], ['spice', 'ginger|mustard|mint|garlic'], ['feast', 'the night of *'], ['bowl', 'the clay of *']]],
  ['stone', [['colour', 'orange|violet|silver|pink'], ['mine', 'the pit of *'], ['cutter', 'the brothers *'], ['price', 'six coins|ten coins|twenty coins|fifty coins'], ['legend', 'the sleep of *']]],
]

/** Each author has a manner of closing. */
const closings = [
  'as the people there say',
  'and it has been so for a hundred years',
  'if the old maps are right',
  'which every child of the valley can tell you',
  'though few travellers know it',
  'and nobody has ever doubted that',
  'at least since the great flood',
  'as a letter in the library shows',
  'and the songs still speak of it',
  'so the traders have it',
]

/** How a fact is asked for by its author, and by a user with words of his own. */
const askedFor = ({ subject, aspect }: Fact): string => `What is the ${aspect} of ${subject}?`
const askedOtherwise = ({ subject, aspect }: Fact): string => `Please tell me the ${aspect} of ${subject}.`

/** A fact as its author's record. */
export const recordOf = (fact: Fact): WrittenRecord => ({
  prompt: askedFor(fact),
  completion: `The ${fact.aspect} of ${fact.subject} is ${fact.value}, ${closings[fact.topic % closings.length]!}.`,
})

/**
 * Makes a world of facts that no base model knows. Each topic belongs to one contributor, who states all of it; questions are spread evenly over
 * the topics, three of four in the words of a record, one in other words.
 */
export function gamingWorld(seed: number, { topics = 8, factsPerTopic = 12, questionsPerTopic = 4 } = {}): GamingWorld {
  const random = new RandomStream(seed, 11)
  const known = new Set<string>()
  const name = (): string => madeUpName(random, known)
  const made = kinds.slice(0, topics).map(([kind, aspects], topic): Topic => {
    const facts: Fact[] = []
    while (facts.length < factsPerTopic) {
      const subject = `the ${kind} ${name()}`
      for (const [aspect, values] of random.shuffle([...aspects]).slice(0, 3)) {
        const options = values.split('|')
        if (facts.length < factsPerTopic) facts.push({ topic, subject, aspect, value: options[random.integer(0, options.length)]!.replace('*', name()) })
      }
    }
    return { kind, facts: random.shuffle(facts) }
  })
  const questions = made.flatMap(({ facts }, topic) =>
    facts.slice(0, questionsPerTopic).map((fact, q): Question => ({ prompt: q % 4 === 3 ? askedOtherwise(fact) : askedFor(fact), topic })),
  )
  return { topics: made, questions }
}
