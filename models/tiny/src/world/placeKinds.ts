import { capital } from '../language/inflect.ts'
import { thingPronouns, type EntityKind } from './Aspect.ts'

/** Towns of the made-up world. */
export const townKind: EntityKind = {
  id: 'town',
  proper: true,
  pronouns: thingPronouns,
  name: (w) => capital(w.invented(w.random.between(1, 2)) + w.random.pick(['ford', 'ton', 'mere', 'wick', 'holm', 'bury', 'dale', 'mouth', '', ''])),
  aspects: [
    {
      id: 'site',
      draw: (w) => ({ v: w.an(`${w.region()} town`), p: w.an(w.place()), q: w.an(w.place()) }),
      says: '{n} is {v} between {p} and {q}. | Between {p} and {q} lies {n}, {v}.',
      asks: 'Where is {n} ~ where {n} is | What is {n} ~ what {n} is | Where does {n} lie ~ where {n} lies | What kind of place is {n} ~ what kind of place {n} is',
      answers: '{n} is {v} between {p} and {q}.',
    },
    {
      id: 'people',
      draw: (w) => ({ v: String(w.random.between(2, 99) * w.random.pick([10, 100, 1000])) }),
      says: '{v} people live in {n}. | {n} has {v} inhabitants.',
      asks: 'How many people live in {n} ~ how many people live in {n} | What is the population of {n} ~ what the population of {n} is | How big is {n} ~ how big {n} is | How many inhabitants does {n} have ~ how many inhabitants {n} has',
      answers: '{v} people. | {v} people live in {n}.',
    },
    {
      id: 'goods',
      draw: (w) => ({ v: w.objects(), a: w.adjective(), m: w.material() }),
      says: '{n} is famous for its {a} {v} of {m}. | Traders come to {n} for {a} {v} of {m}.',
      asks: 'What is {n} famous for ~ what {n} is famous for | What does {n} make ~ what {n} makes | What do traders buy in {n} ~ what traders buy in {n} | Why do traders come to {n} ~ why traders come to {n} | Which goods come from {n} ~ which goods come from {n}',
      answers: '{a} {v} of {m}. | {n} is famous for its {a} {v} of {m}.',
    },
    {
      id: 'market',
      draw: (w) => ({ v: w.weekday(), p: w.place() }),
      says: 'The market of {n} is held on {v} near the {p}. | On {v} the people of {n} meet at the market near the {p}.',
      asks: 'When is the market of {n} ~ when the market of {n} is | On which day is market day in {n} ~ on which day market day is in {n} | When can I buy things in {n} ~ when I can buy things in {n} | Where is the market of {n} ~ where the market of {n} is',
      answers: 'On {v}, near the {p}. | The market of {n} is held on {v} near the {p}.',
    },
    {
      id: 'ruler',
      draw: (w, near) => ({ v: near.person(), r: w.role() }),
      says: 'The {r} {v} rules {n}. | {n} is ruled by {v}, the {r}.',
      asks: 'Who rules {n} ~ who rules {n} | Who is the head of {n} ~ who the head of {n} is | By whom is {n} governed ~ by whom {n} is governed | Who leads the people of {n} ~ who leads the people of {n}',
      answers: 'The {r} {v}. | {n} is ruled by {v}, the {r}.',
    },
    {
      id: 'law',
      draw: (w) => ({ v: w.doingThing('base'), t2: w.pickTime(), r: w.idea() }),
      says: 'In {n} nobody may {v} {t2}, because of {r}. | The law of {n} forbids people to {v} {t2}, because of {r}.',
      asks: 'What is forbidden in {n} ~ what is forbidden in {n} | Which rule must people obey in {n} ~ which rule people must obey in {n} | What does the law of {n} say ~ what the law of {n} says | What may nobody do in {n} ~ what nobody may do in {n}',
      answers: 'Nobody may {v} {t2}. | In {n} nobody may {v} {t2}, because of {r}.',
    },
  ],
}

/** Festivals of the made-up world. */
export const festivalKind: EntityKind = {
  id: 'festival',
  proper: false,
  pronouns: thingPronouns,
  name: (w) =>
    `${w.random.pick([w.invented(2), w.growth(), w.creature(), w.color(), w.idea()])} ${w.random.pick(['festival', 'feast', 'parade', 'fair', 'race', 'dance', 'holiday'])}`,
  aspects: [
    {
      id: 'when',
      draw: (w) => ({ v: w.month(), d: w.count(2, 9) }),
      says: '{t} takes place in {v} and lasts {d} days. | For {d} days in {v} people celebrate {t}.',
      asks: 'When is {t} ~ when {t} is | In which month is {t} held ~ in which month {t} is held | How long does {t} last ~ how long {t} lasts | When does {t} take place ~ when {t} takes place',
      answers: 'In {v}, for {d} days. | {t} takes place in {v} and lasts {d} days.',
    },
    {
      id: 'custom',
      draw: (w) => ({ v: w.doingThing('base'), f: w.growth(), a: w.random.pick(['sweet', 'warm', 'salty', 'sour', 'fresh', 'dry', 'soft', 'golden']) }),
      says: 'At {t} people {v} and eat {a} {f} cake. | During {t} everyone eats {a} {f} cake, and people {v}.',
      asks: 'What do people do at {t} ~ what people do at {t} | How is {t} celebrated ~ how {t} is celebrated | What happens during {t} ~ what happens during {t} | What is eaten at {t} ~ what is eaten at {t}',
      answers: 'People {v} and eat {a} {f} cake.',
    },
    {
      id: 'reason',
      draw: (w) => ({ v: w.idea(), r: w.roles() }),
      says: '{t} honors the {v} of the {r}. | People hold {t} to remember the {v} of the {r}.',
      asks: 'Why is {t} held ~ why {t} is held | What does {t} honor ~ what {t} honors | What is the meaning of {t} ~ what the meaning of {t} is | What is {t} about ~ what {t} is about',
      answers: 'To remember the {v} of the {r}. | It honors the {v} of the {r}.',
    },
    {
      id: 'town',
      draw: (_, near) => ({ v: near.town(), u: near.town() }),
      says: '{t} began in {v} and came later to {u}. | {t} comes from {v}; {u} took it over later.',
      asks: 'Where did {t} begin ~ where {t} began | Where does {t} come from ~ where {t} comes from | Which town started {t} ~ which town started {t}',
      answers: 'In {v}. | {t} began in {v} and came later to {u}.',
    },
  ],
}
