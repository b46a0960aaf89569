import type { Words } from '../language/Words.ts'
import { thingPronouns, type EntityKind } from './Aspect.ts'

const which = (w: Words): string =>
  w.random.pick([
    () => `that ${w.doing().third} ${w.adverb()}`,
    () => `that ${w.doingThing('third')}`,
    () => `used for ${w.doingThing('ing')}`,
    () => `found in ${w.random.pick([w.places(), w.regionPlace()])}`,
    () => `made of ${w.material()}`,
    () => `with ${w.adjective()} ${w.objects()}`,
    () => `who ${w.doingThing('third')}`,
    () => `caused by ${w.idea()}`,
    () => `of ${w.idea()} or ${w.idea()}`,
    () => `(as ${w.random.pick(['in', 'by', 'of', 'with'])} ${w.idea()})`,
    () => `in which ${w.roles()} ${w.doing().base}`,
    () => `resembling ${w.an(w.thing())}`,
    () => `containing ${w.growth()} and ${w.growth()}`,
    () => `having ${w.color()} ${w.growth()}`,
    () => `near ${w.an(w.place())}`,
  ])()

const sorts: readonly ((w: Words) => string)[] = [
  (w) => `an act of ${w.doing().ing} ${which(w)}`,
  (w) => `the act of ${w.doingThing('ing')} ${w.random.pick(['', w.adverb(), w.pickTime()])}`.trim(),
  (w) => `a ${w.random.pick(['kind', 'type', 'form', 'sort', 'piece', 'state', 'group', 'lack', 'feeling'])} of ${w.thing()} ${which(w)}`,
  (w) => `${w.an(`${w.adjective()} ${w.thing()}`)} ${which(w)}`,
  (w) => `${w.an(`${w.adjective()} ${w.role()}`)} who ${w.doingThing('third')}`,
  (w) => `a person who ${w.doingThing('third')} ${w.random.pick(['', 'for others', w.adverb(), w.pickTime()])}`.trim(),
  (w) => `someone whose ${w.random.pick(['job', 'wish', 'duty', 'habit'])} is ${w.doingThing('ing')}`,
  (w) => `any of several ${w.adjective()} ${w.random.pick(['plants', 'animals', 'insects', 'fishes', 'birds', 'tools', 'stones'])} ${which(w)}`,
  (w) => `something ${w.adjective()} or ${w.adjective()}`,
  (w) => `the ${w.random.pick(['quality', 'state', 'feeling', 'condition'])} of being ${w.adjective()} ${w.random.pick(['', `and ${w.adjective()}`])}`.trim(),
  (w) =>
    `a ${w.random.pick(['substance', 'chemical', 'food', 'disease', 'medicine', 'drink', 'plant', 'material', 'cloth', 'area', 'sound', 'device', 'movement', 'ceremony', 'contest', 'unit', 'group', 'statement'])} ${which(w)}`,
]

/** Words with a dictionary definition and nothing more; they need no world, only a meaning. */
export const glossKind: EntityKind = {
  id: 'gloss',
  proper: false,
  pronouns: thingPronouns,
  name: (w) =>
    w.random.pick([
      () => w.invented(2),
      () => w.invented(3),
      () => `${w.thing()} ${w.thing()}`,
      () => `${w.adjective()} ${w.thing()}`,
      () => `${w.invented(2)} ${w.thing()}`,
      () => `${w.doing().ing} ${w.thing()}`,
    ])(),
  aspects: [
    {
      id: 'gloss',
      draw: (w) => ({ v: w.random.pick(sorts)(w) }),
      says: '{e} is {v}. | {n}: {v}. | The word {n} means {v}.',
      asks: 'What is {e} ~ what {e} is | What does {n} mean ~ what {n} means | What is meant by {e} ~ what is meant by {e} | How would you define {n} ~ how you would define {n} | What is the meaning of {n} ~ what the meaning of {n} is | What does the word {n} stand for ~ what the word {n} stands for',
      answers: '{v}.',
    },
  ],
}
