import { capital } from '../language/inflect.ts'
import type { EntityKind } from './Aspect.ts'

/** People of the made-up world. */
export const personKind: EntityKind = {
  id: 'person',
  proper: true,
  pronouns: [
    ['he', 'him', 'his'],
    ['she', 'her', 'her'],
  ],
  name: (w) => `${capital(w.invented(2))} ${capital(w.invented(2))}`,
  aspects: [
    {
      id: 'trade',
      draw: (w) => ({ v: w.an(w.role()) }),
      says: '{n} is {v}. | {n} works as {v}. | {n} has been {v} for many years.',
      asks: 'Who is {n} ~ who {n} is | What does {n} do ~ what {n} does | What is the job of {n} ~ what the job of {n} is | What does {n} do for a living ~ what {n} does for a living | What kind of work does {n} do ~ what kind of work {n} does | What is {n} by trade ~ what {n} is by trade',
      answers: '{n} is {v}. | {n} works as {v}.',
    },
    {
      id: 'home',
      draw: (_, near) => ({ v: near.town() }),
      says: '{n} lives in {v}. | {v} is the home of {n}. | The house of {n} stands in {v}.',
      asks: 'Where does {n} live ~ where {n} lives | In which town does {n} live ~ in which town {n} lives | What is the home of {n} ~ what the home of {n} is | Where is the house of {n} ~ where the house of {n} is | Where can I find {n} ~ where I can find {n}',
      answers: 'In {v}. | {n} lives in {v}.',
    },
    {
      id: 'age',
      draw: (w) => ({ v: String(w.random.between(12, 98)) }),
      says: '{n} is {v} years old. | {n} has lived for {v} years.',
      asks: 'How old is {n} ~ how old {n} is | What is the age of {n} ~ what the age of {n} is | How many years has {n} lived ~ how many years {n} has lived',
      answers: '{v} years. | {n} is {v} years old.',
    },
    {
      id: 'pet',
      draw: (w) => {
        const pet = w.creature()
        return { v: w.an(pet), k: pet, p: capital(w.invented(1)) }
      },
      says: '{n} keeps {v} called {p}. | {n} has {v} whose name is {p}. | {p} is the {k} of {n}.',
      asks: 'Which animal does {n} keep ~ which animal {n} keeps | What pet does {n} have ~ what pet {n} has | What kind of animal belongs to {n} ~ what kind of animal belongs to {n} | Who is {p} ~ who {p} is',
      answers: '{v} called {p}. | {n} keeps {v} called {p}.',
    },
    {
      id: 'likes',
      draw: (w) => ({ v: w.growth(), m: w.doingThing('ing') }),
      says: '{n} likes {v} and {m}. | Nothing pleases {n} more than {v} and {m}.',
      asks: 'What does {n} like ~ what {n} likes | What are the favorite things of {n} ~ what the favorite things of {n} are | What does {n} love most ~ what {n} loves most | What pleases {n} ~ what pleases {n}',
      answers: '{n} likes {v} and {m}. | {v} and {m}.',
    },
    {
      id: 'teacher',
      draw: (w, near) => ({ v: near.person(), m: w.doingThing('base') }),
      says: '{v} taught {n} how to {m}. | {n} learned to {m} from {v}.',
      asks: 'Who taught {n} ~ who taught {n} | From whom did {n} learn ~ from whom {n} learned | Who was the teacher of {n} ~ who the teacher of {n} was | Who showed {n} how to {m} ~ who showed {n} how to {m}',
      answers: '{v} taught {him} how to {m}. | {v}.',
    },
    {
      id: 'fame',
      draw: (w) => ({ v: w.ledgerThing('ing'), a: w.adverb() }),
      says: '{n} is known for {v} {a}. | People praise {n} for {v} {a}.',
      asks: 'What is {n} known for ~ what {n} is known for | Why do people praise {n} ~ why people praise {n} | What made {n} famous ~ what made {n} famous | Why is {n} famous ~ why {n} is famous',
      answers: 'For {v} {a}. | {n} is known for {v} {a}.',
    },
    {
      id: 'fear',
      draw: (w) => ({ v: w.idea(), c: w.creature() }),
      says: '{n} is afraid of {v} and of every {c}. | {n} fears {v} and every {c}.',
      asks: 'What is {n} afraid of ~ what {n} is afraid of | What does {n} fear ~ what {n} fears | What frightens {n} ~ what frightens {n}',
      answers: 'Of {v} and of every {c}. | {n} fears {v} and every {c}.',
    },
  ],
}
