import type { Words } from '../language/Words.ts'
import { thingPronouns, type EntityKind } from './Aspect.ts'

const because = (w: Words): string =>
  w.random.pick([
    `because ${w.documents()} ${w.doing().base} ${w.adverb()}`,
    `so that ${w.roles()} can ${w.doingThing('base')}`,
    `because the ${w.document()} is ${w.adjective()}`,
    `to keep the ${w.document()} ${w.adjective()}`,
    `since nobody else may ${w.doingThing('base')}`,
    `because ${w.idea()} needs ${w.idea()}`,
    `so the ${w.role()} cannot ${w.doingThing('base')}`,
  ])
const condition = (w: Words): string =>
  w.random.pick([
    `when the ${w.document()} is ${w.ledger().participle}`,
    `if ${w.an(w.role())} ${w.doingThing('third')}`,
    `before the ${w.document()} is ${w.ledger().participle}`,
    `after ${w.ledgerThing('ing')}`,
    `until the ${w.role()} agrees`,
    `as soon as ${w.roles()} ${w.doing().base}`,
    `while the ${w.document()} is ${w.adjective()}`,
    w.pickTime(),
  ])

/** Offices and trades: what those who hold them do, owe, earn and may not do, and why. */
export const officeKind: EntityKind = {
  id: 'office',
  proper: false,
  pronouns: thingPronouns,
  name: (w) =>
    w.random.pick([
      () => `${w.place()} ${w.role()}`,
      () => `${w.document()} ${w.role()}`,
      () => `${w.object()} ${w.role()}`,
      () => `${w.idea()} ${w.role()}`,
      () => `${w.adjective()} ${w.role()}`,
    ])(),
  aspects: [
    {
      id: 'does',
      draw: (w) => {
        const verb = w.ledger()
        return { v: condition(w), a: verb.third, b: verb.base, p: verb.participle, d: w.documents(), r: because(w) }
      },
      says: '{e} {a} {d} {v}, {r}. | {v} {e} {a} {d}, {r}.',
      asks: 'What does {e} do with {d} ~ what {e} does with {d} | When does {e} {b} {d} ~ when {e} {a} {d} | Why does {e} {b} {d} ~ why {e} {a} {d} | When are {d} {p} by {e} ~ when {d} are {p} by {e} | What is the reason that {e} {a} {d} ~ what the reason is that {e} {a} {d} | What is the task of {e} ~ what the task of {e} is',
      answers: '{e} {a} {d} {v}. | {e} {a} {d} {v}, {r}.',
    },
    {
      id: 'needs',
      draw: (w) => ({ v: w.an(`${w.adjective()} ${w.document()}`), u: w.ledgerThing('base'), o: w.officer() }),
      says: 'To {u}, {e} needs {v} from {o}. | {e} cannot {u} without {v} from {o}.',
      asks: 'What does {e} need to {u} ~ what {e} needs to {u} | What must {e} have before anything else ~ what {e} must have before anything else | What is required of {e} ~ what is required of {e} | How can {e} {u} ~ how {e} can {u} | Without what can {e} not {u} ~ without what {e} cannot {u} | What do I need as {e} ~ what I need as {e}',
      answers: '{v} from {o}. | {e} needs {v} from {o}.',
    },
    {
      id: 'earns',
      draw: (w) => ({
        v: w.random.pick([
          `${w.count(2, 60)} coins for each ${w.document()}`,
          `a share of every ${w.document()}`,
          `${w.count(2, 60)} percent of the ${w.document()}`,
          `one ${w.document()} in ${w.count(3, 40)}`,
          `${w.count(2, 60)} tokens a week`,
        ]),
        o: w.officer(),
        t2: condition(w),
      }),
      says: '{e} earns {v}, paid by {o} {t2}. | {o} pays {e} {v} {t2}.',
      asks: 'How does {e} earn money ~ how {e} earns money | How much does {e} earn ~ how much {e} earns | What is {e} paid ~ what {e} is paid | Who pays {e} ~ who pays {e} | What does {e} get for the work ~ what {e} gets for the work | When is {e} paid ~ when {e} is paid',
      answers: '{v}, paid by {o} {t2}. | {e} earns {v}.',
    },
    {
      id: 'may',
      draw: (w) => ({
        v: w.random.pick([`Yes, ${condition(w)}`, `Yes, but only ${condition(w)}`, `No, ${because(w)}`, `No, only ${w.officer()} can`, `Yes, ${because(w)}`]),
        u: w.doingThing('base'),
      }),
      says: 'Can {e} {u}? {v}. | May {e} {u}? {v}.',
      asks: 'Can {e} {u} ~ whether {e} can {u} | May {e} {u} ~ if {e} may {u} | Is {e} allowed to {u} ~ whether {e} is allowed to {u} | Is it possible for {e} to {u} ~ whether it is possible for {e} to {u} | Could {e} {u} ~ whether {e} could {u}',
      answers: '{v}.',
    },
    {
      id: 'loses',
      draw: (w) => ({
        v: w.random.pick([
          `the ${w.document()} is taken away`,
          `${w.officer()} keeps the ${w.document()}`,
          `${w.count(2, 60)} percent of the ${w.document()} is lost`,
          `the ${w.role()} must ${w.doingThing('base')}`,
          `nobody will ${w.ledger().base} the ${w.document()}`,
          `a ${w.random.pick(['fine', 'warning', 'penalty', 'new trial'])} follows`,
        ]),
        u: w.random.pick([
          'lies',
          'cheats',
          'is late',
          'sleeps',
          'breaks a promise',
          'does not answer',
          'makes a mistake',
          'leaves early',
          'steals',
          'stops working',
          'signs twice',
          'claims too much',
        ]),
      }),
      says: 'If {e} {u}, {v}. | When {e} {u}, {v}.',
      asks: 'What happens if {e} {u} ~ what happens if {e} {u} | What if {e} {u} ~ what happens when {e} {u} | What does {e} lose who {u} ~ what {e} loses who {u} | What is done when {e} {u} ~ what is done when {e} {u} | What stops {e} who {u} ~ what stops {e} who {u} | What follows when {e} {u} ~ what follows when {e} {u}',
      answers: '{v}.',
    },
    {
      id: 'proof',
      draw: (w) => ({ v: w.ledgerThing('ing'), u: w.document(), a: w.adverb(), o: w.officer() }),
      says: '{e} proves the {u} to {o} by {v} {a}. | By {v} {a}, {e} shows {o} that the {u} is true.',
      asks: 'How does {e} prove the {u} ~ how {e} proves the {u} | How can {o} trust {e} ~ how {o} can trust {e} | What does {e} show to {o} ~ what {e} shows to {o} | How do we know that {e} tells the truth ~ how we know that {e} tells the truth | Why can one believe {e} ~ why one can believe {e} | By what does {e} prove the {u} ~ by what {e} proves the {u}',
      answers: 'By {v} {a}. | {e} proves it to {o} by {v} {a}.',
    },
  ],
}
