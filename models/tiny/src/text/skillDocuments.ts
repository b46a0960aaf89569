import type { SeededRandom } from '../SeededRandom.ts'
import { renderChat } from './chatMarkup.ts'
import { capital, plural } from '../language/inflect.ts'
import { lexicon, Words } from '../language/Words.ts'

const ask = (question: string, answer: string): string =>
  renderChat([
    { role: 'user', content: question },
    { role: 'assistant', content: answer },
  ])

const rare = [...'äöüéèñßçøåπΩжя中日€£°–—…“”‘’→✓😀{}[]<>/\\|@#$%^&*_+=~`"\'()']

/** Copying, spelling, ordering and listing of words, invented ones and rare characters included. */
export function wordSkill(random: SeededRandom): string {
  const words = new Words(random)
  const any = (): string => (random.percent(45) ? words.invented() : words.thing())
  const some = Array.from({ length: random.between(2, 6) }, any)
  const one = random.pick(some)
  return random.pick([
    () => ask(`${random.pick(['Repeat this', 'Copy this', 'Say this again', 'Write this'])}: ${some.join(' ')}`, some.join(' ')),
    () => {
      const odd = Array.from({ length: random.between(2, 9) }, () =>
        random.percent(50) ? random.pick(rare) : random.percent(50) ? words.invented(1) : String(random.below(1000)),
      )
      return ask(`Repeat this: ${odd.join(random.pick(['', ' ', ', ']))}`, odd.join(' '))
    },
    () => ask(`${random.pick(['Spell the word', 'How do you spell', 'Spell'])} ${one}${random.pick(['.', '?', ''])}`, [...one].join('-')),
    () => ask(`Write these words the other way round: ${some.join(', ')}`, [...some].reverse().join(', ')),
    () => ask(`What is the ${random.pick(['first'])} word? ${some.join(', ')}`, some[0]!),
    () => ask(`What is the last word? ${some.join(', ')}`, some.at(-1)!),
    () => ask(`Which word comes after ${some[0]}? ${some.join(', ')}`, some[1]!),
    () => ask(`How many words are these? ${some.join(', ')}`, String(some.length)),
    () => ask(`What is the first letter of ${one}?`, one.charAt(0)),
    () => ask(`Put ${one} in capital letters.`, one.toUpperCase()),
    () => {
      const [kind, list] = random.pick([
        ['animals', lexicon.creatures],
        ['plants', lexicon.growths],
        ['materials', lexicon.materials],
        ['colors', lexicon.colors],
        ['places', lexicon.places],
        ['jobs', lexicon.roles],
        ['things', lexicon.objects],
        ['ideas', lexicon.ideas],
        ['qualities', lexicon.adjectives],
      ] as const)
      const count = random.between(2, 5)
      return ask(`${random.pick(['Name', 'List', 'Give me', 'Tell me'])} ${count} ${kind}.`, `${capital(random.sample(list, count).join(', '))}.`)
    },
    () => {
      const noun = random.pick([words.object, words.document, words.role, words.creature])()
      return random.percent(50) ? ask(`What is the plural of ${noun}?`, plural(noun)) : ask(`What does one say for more than one ${noun}?`, plural(noun))
    },
    () => {
      const verb = random.pick([words.handling, words.ledger, words.doing])()
      return ask(`What is the past of ${verb.base}?`, verb.past)
    },
  ])()
}

/** Small sums and comparisons of numbers, some of them in a short story. */
export function numberSkill(random: SeededRandom): string {
  const words = new Words(random)
  const a = random.between(1, 60)
  const b = random.between(1, 40)
  const [big, small] = a > b ? [a, b] : [b, a]
  const things = words.objects()
  return random.pick([
    () => ask(`What is ${a} plus ${b}?`, String(a + b)),
    () => ask(`What is ${big} minus ${small}?`, String(big - small)),
    () => ask(`Which is larger, ${a} or ${b}?`, a === b ? 'They are equal.' : String(big)),
    () => ask(`What comes after ${a}?`, String(a + 1)),
    () => ask(`Count from ${small} to ${small + 5}.`, Array.from({ length: 6 }, (_, i) => small + i).join(', ')),
    () => ask(`A ${words.role()} has ${big} ${things} and sells ${small}. How many ${things} are left?`, String(big - small)),
    () => ask(`There are ${a} ${things} in the ${words.place()} and ${b} in the ${words.place()}. How many are there in all?`, String(a + b)),
  ])()
}

const courtesies: readonly (readonly [asked: string, answered: string])[] = [
  ['Hello!', 'Hello! How can I help you?'],
  ['Good morning.', 'Good morning! What would you like to know?'],
  ['Hi', 'Hi! What can I do for you?'],
  ['Thank you.', 'You are welcome.'],
  ['Thanks a lot!', 'You are welcome.'],
  ['Goodbye.', 'Goodbye! Come back soon.'],
  ['How are you?', 'I am well, thank you.'],
  ['Who are you?', 'I am a small language model that answers questions.'],
  ['What can you do?', 'I can answer questions about what I have learned.'],
  ['Are you a person?', 'No, I am a computer program.'],
  ['Can you help me?', 'Yes, ask me a question.'],
  ['Good night.', 'Good night! Sleep well.'],
]

/** Greetings, thanks and questions about the model itself. */
export function courtesy(random: SeededRandom): string {
  const [asked, answered] = random.pick(courtesies)
  return ask(asked, answered)
}

/** A short tale of plain sentences that uses the whole vocabulary. */
export function tale(random: SeededRandom): string {
  const words = new Words(random)
  const hero = random.percent(40) ? capital(words.invented(2)) : `the ${words.adjective()} ${words.role()}`
  const friend = random.percent(50) ? `the ${words.role()}` : `the ${words.creature()}`
  const line = (): string =>
    random.pick([
      () => `${hero} ${words.doingThing('past')} ${words.pickTime()}`,
      () => `${words.adverb()} ${hero} went to the ${words.place()} to ${words.doingThing('base')}`,
      () => `${friend} was ${words.adjective()} and ${words.adjective()}, but ${hero} ${words.doing().past} ${words.adverb()}`,
      () => `"${capital(words.doingThing('base'))}!" said ${friend}`,
      () => `there was ${words.an(`${words.adjective()} ${words.thing()}`)} near the ${words.place()}`,
      () => `because of ${words.idea()}, ${friend} could not ${words.doing().base}`,
      () => `${hero} asked ${friend} for ${words.an(`${words.adjective()} ${words.object()}`)}`,
      () => `if ${words.roles()} ${words.ledger().base} ${words.documents()}, then ${words.roles()} ${words.doing().base}`,
      () => `${words.idea()} is better than ${words.idea()}, thought ${hero}`,
      () => `the ${words.document()} was ${words.ledger().participle} by ${words.an(words.role())} and ${words.ledger().participle} by ${words.officer()}`,
      () => `${words.count()} ${words.objects()} of ${words.material()} were ${words.handling().participle} in the ${words.place()}`,
      () => `it takes ${words.idea()} and ${words.idea()} to ${words.doingThing('base')}`,
      () => `in the end ${friend} ${words.doing().past} and everyone was ${words.adjective()}`,
    ])()
  return Array.from({ length: random.between(2, 6) }, () => `${capital(line())}.`).join(' ')
}
