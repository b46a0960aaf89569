import type { SeededRandom } from '../SeededRandom.ts'
import * as nouns from '../lexicon/nouns.ts'
import * as qualities from '../lexicon/qualities.ts'
import * as verbs from '../lexicon/verbs.ts'
import { plural, verbForms, withArticle, type VerbForms } from './inflect.ts'

const list = (text: string): readonly string[] => [...new Set(text.trim().split(/\s+/))]
const forms = (text: string): readonly VerbForms[] => list(text).map(verbForms)

export const lexicon = {
  objects: list(nouns.objects),
  documents: list(nouns.documents),
  roles: list(nouns.roles),
  places: list(nouns.places),
  creatures: list(nouns.creatures),
  growths: list(nouns.growths),
  ideas: list(nouns.ideas),
  materials: list(nouns.materials),
  adjectives: list(qualities.adjectives),
  adverbs: list(qualities.adverbs),
  colors: list(qualities.colors),
  months: list(qualities.months),
  weekdays: list(qualities.weekdays),
  sounds: list(qualities.sounds),
  regions: list(qualities.regions),
  handling: forms(verbs.handlingVerbs),
  ledger: forms(verbs.ledgerVerbs),
  doing: forms(verbs.doingVerbs),
}

const numberWords = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')
const onsets = 'b c d f g h j k l m n p r s t v w z br cl dr fl gr kl pl pr sk sl st tr th sh'.split(' ')
const middles = 'a e i o u a e i o u ai ea ou ee'.split(' ')
const codas = ['', '', '', 'l', 'n', 'r', 's', 't', 'm', 'd', 'k', 'x', 'nd', 'rn', 'lt', 'sk', 'v', 'p']

/** Draws words and small phrases from the lexicon. */
export class Words {
  readonly random: SeededRandom

  constructor(random: SeededRandom) {
    this.random = random
  }

  object = (): string => this.random.pick(lexicon.objects)
  objects = (): string => plural(this.object())
  document = (): string => this.random.pick(lexicon.documents)
  documents = (): string => plural(this.document())
  role = (): string => this.random.pick(lexicon.roles)
  roles = (): string => plural(this.role())
  place = (): string => this.random.pick(lexicon.places)
  places = (): string => plural(this.place())
  regionPlace = (): string => `the ${this.region()} ${this.place()}`
  creature = (): string => this.random.pick(lexicon.creatures)
  growth = (): string => this.random.pick(lexicon.growths)
  idea = (): string => this.random.pick(lexicon.ideas)
  material = (): string => this.random.pick(lexicon.materials)
  adjective = (): string => this.random.pick(lexicon.adjectives)
  adverb = (): string => this.random.pick(lexicon.adverbs)
  color = (): string => this.random.pick(lexicon.colors)
  month = (): string => this.random.pick(lexicon.months)
  weekday = (): string => this.random.pick(lexicon.weekdays)
  sound = (): string => this.random.pick(lexicon.sounds)
  region = (): string => this.random.pick(lexicon.regions)
  handling = (): VerbForms => this.random.pick(lexicon.handling)
  ledger = (): VerbForms => this.random.pick(lexicon.ledger)
  doing = (): VerbForms => this.random.pick(lexicon.doing)
  an = (noun: string): string => withArticle(noun)

  /** A small number, in words up to twelve. */
  count(low = 2, high = 12): string {
    const number = this.random.between(low, high)
    return numberWords[number] ?? String(number)
  }

  /** A time or a condition under which something holds. */
  pickTime = (): string =>
    this.random.pick([
      `on ${this.weekday()}`,
      `in ${this.month()}`,
      'at night',
      'before sunrise',
      'after dark',
      'during the rain',
      'in winter',
      'without a permit',
      `without ${this.an(this.role())}`,
      `near the ${this.place()}`,
      `in the ${this.place()}`,
      'for money',
      'twice',
      'alone',
      'in public',
      `before the ${this.idea()}`,
      'at the end of each week',
      'once a month',
      'every hour',
    ])

  /** A thing of any kind, for lists and copying. */
  thing = (): string => this.random.pick([this.object, this.creature, this.growth, this.document, this.place, this.idea])()

  /** A word that no dictionary has, of one to three syllables. */
  invented(syllables = this.random.between(1, 3)): string {
    let word = ''
    for (let i = 0; i < syllables; i += 1) word += this.random.pick(onsets) + this.random.pick(middles)
    return word + this.random.pick(codas)
  }

  /** A noun with a helper, such as a clerk of the harbor. */
  officer = (): string => (this.random.percent(55) ? `the ${this.place()} ${this.role()}` : `the ${this.role()}`)

  /** What is done with things: `cutting rope`. */
  handlingThing = (form: keyof VerbForms): string => `${this.handling()[form]} ${this.objects()}`
  /** What is done with papers and claims: `checking receipts`. */
  ledgerThing = (form: keyof VerbForms): string => `${this.ledger()[form]} ${this.documents()}`
  /** Either of the two. */
  doingThing = (form: keyof VerbForms): string => (this.random.percent(50) ? this.handlingThing(form) : this.ledgerThing(form))
}
