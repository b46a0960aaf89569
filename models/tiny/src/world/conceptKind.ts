import type { Words } from '../language/Words.ts'
import { thingPronouns, type EntityKind } from './Aspect.ts'

const span = (w: Words): string =>
  w.random.pick([
    `${w.count(2, 40)} days`,
    `${w.count(2, 12)} weeks`,
    `${w.count(2, 12)} months`,
    `${w.count(2, 9)} years`,
    `${w.count(2, 48)} hours`,
    'one day',
    'one season',
  ])
const amount = (w: Words): string =>
  w.random.pick([
    `${w.count(2, 90)} coins`,
    `${w.count(2, 90)} tokens`,
    `${w.count(2, 90)} percent of the price`,
    `half of the ${w.document()}`,
    `one tenth of the ${w.document()}`,
    `a small ${w.document()}`,
    `${w.count(2, 40)} silver coins`,
    'nothing at all',
  ])

const gloss = (w: Words): string =>
  w.random.pick([
    () => `${w.an(`${w.adjective()} ${w.document()}`)} that lets ${w.an(w.role())} ${w.ledgerThing('base')}`,
    () => `${w.an(w.document())} which shows that ${w.an(w.role())} ${w.ledgerThing('past')}`,
    () => `${w.an(`${w.adjective()} way`)} of ${w.ledgerThing('ing')} ${w.random.pick(['without', 'with', 'before', 'after', 'during'])} ${w.idea()}`,
    () => `a set of ${w.documents()} that ${w.roles()} ${w.ledger().base} together`,
    () => `${w.an(`${w.adjective()} ${w.document()}`)} used for ${w.doingThing('ing')}`,
    () =>
      `a ${w.random.pick(['list', 'book', 'bundle', 'group', 'chain', 'collection', 'network', 'store', 'page', 'pile'])} of ${w.documents()} kept by ${w.an(w.role())}`,
    () =>
      `a ${w.random.pick(['rule', 'promise', 'claim', 'proof', 'record', 'notice', 'sign', 'order'])} that ${w.an(w.role())} ${w.random.pick(['must', 'will', 'may', 'did not', 'can'])} ${w.ledgerThing('base')}`,
    () => `the ${w.random.pick(['right', 'duty', 'power', 'wish', 'plan', 'permission'])} to ${w.doingThing('base')} ${w.pickTime()}`,
    () =>
      `the ${w.random.pick(['part', 'copy', 'form', 'root', 'state', 'owner', 'source', 'cost', 'end'])} of ${w.an(w.document())} that ${w.an(w.role())} ${w.ledger().third}`,
  ])()

/** Papers, claims, services and other things that people agree on: what they are, who does what with them, and why. */
export const conceptKind: EntityKind = {
  id: 'concept',
  proper: false,
  pronouns: thingPronouns,
  name: (w) =>
    w.random.pick([
      () => `${w.adjective()} ${w.document()}`,
      () => `${w.place()} ${w.document()}`,
      () => `${w.object()} ${w.document()}`,
      () => `${w.idea()} ${w.document()}`,
      () => `${w.document()} ${w.document()}`,
      () => `${w.invented(2)} ${w.document()}`,
      () => w.invented(2),
      () => `${w.ledger().ing} ${w.document()}`,
    ])(),
  aspects: [
    {
      id: 'gloss',
      draw: (w) => ({ v: gloss(w) }),
      says: '{e} is {v}. | By {e} people mean {v}. | We call it {e}: {v}.',
      asks: 'What is {e} ~ what {e} is | What does {e} mean ~ what {e} means | What is meant by {e} ~ what is meant by {e} | How would you define {e} ~ how you would define {e} | What do people call {e} ~ what people call {e} | What are {ns} ~ what {ns} are | What kind of thing is {e} ~ what kind of thing {e} is',
      answers: '{v}. | {e} is {v}.',
    },
    {
      id: 'purpose',
      draw: (w) => ({ v: w.doingThing('base'), r: w.roles(), i: w.random.pick(['without', 'with more', 'with less', 'in spite of']), x: w.idea() }),
      says: '{e} helps {r} {v} {i} {x}. | With {e}, {r} can {v} {i} {x}.',
      asks: 'What is {e} for ~ what {e} is for | What is the purpose of {e} ~ what the purpose of {e} is | What is {e} used for ~ what {e} is used for | Why do people use {e} ~ why people use {e} | What does {e} help with ~ what {e} helps with | What is the use of {e} ~ what the use of {e} is | What can {r} do with {e} ~ what {r} can do with {e}',
      answers: 'It helps {r} {v} {i} {x}. | With it, {r} can {v} {i} {x}.',
    },
    {
      id: 'maker',
      draw: (w) => {
        const verb = w.ledger()
        return { v: w.officer(), a: verb.third, b: verb.participle, c: verb.base, t2: w.pickTime() }
      },
      says: '{v} {a} {t} {t2}. | {t} is {b} by {v} {t2}.',
      asks: 'Who {a} {t} ~ who {a} {t} | By whom is {t} {b} ~ by whom {t} is {b} | Who has to {c} {t} ~ who has to {c} {t} | Whose task is it to {c} {t} ~ whose task it is to {c} {t} | Who is the one that {a} {t} ~ who is the one that {a} {t} | When is {t} {b} ~ when {t} is {b}',
      answers: '{v} {a} it {t2}. | {v}, {t2}.',
    },
    {
      id: 'place',
      draw: (w) => ({
        v: w.random.pick([
          `in ${w.an(w.adjective() + ' ' + w.object())}`,
          `at the ${w.place()}`,
          `in the ${w.document()}`,
          `with ${w.officer()}`,
          `under ${w.an(w.material() + ' ' + w.object())}`,
        ]),
        u: w.place(),
      }),
      says: '{t} is kept {v} near the {u}. | People keep {t} {v} near the {u}.',
      asks: 'Where is {t} kept ~ where {t} is kept | Where can I find {t} ~ where I can find {t} | Where do people keep {t} ~ where people keep {t} | Where is {t} stored ~ where {t} is stored | In which place does {t} live ~ in which place {t} lives',
      answers: '{v} near the {u}. | It is kept {v} near the {u}.',
    },
    {
      id: 'cost',
      draw: (w) => ({ v: amount(w), r: w.officer() }),
      says: '{e} costs {v}, which goes to {r}. | For {e} one pays {v} to {r}.',
      asks: 'What does {e} cost ~ what {e} costs | How much is paid for {e} ~ how much is paid for {e} | What is the price of {e} ~ what the price of {e} is | Who gets the money for {e} ~ who gets the money for {e} | How much do I have to pay for {e} ~ how much I have to pay for {e} | Who is paid for {e} ~ who is paid for {e}',
      answers: '{v}, paid to {r}. | It costs {v}, which goes to {r}.',
    },
    {
      id: 'fault',
      draw: (w) => ({
        v: w.random.pick([
          `loses ${amount(w)}`,
          `pays ${amount(w)}`,
          `must ${w.ledgerThing('base')}`,
          `may not ${w.doingThing('base')} again`,
          'is warned in public',
          'has to start again',
          `loses the ${w.document()}`,
        ]),
        d: w.random.pick(['loses', 'copies', 'breaks', 'changes', 'hides', 'sells', 'forgets', 'steals', 'forges', 'delays']),
      }),
      says: 'Whoever {d} {t} {v}. | A person who {d} {t} {v}.',
      asks: 'What happens to someone who {d} {t} ~ what happens to someone who {d} {t} | What happens if somebody {d} {t} ~ what happens if somebody {d} {t} | What is the penalty if one {d} {t} ~ what the penalty is if one {d} {t} | What if a person {d} {t} ~ what happens when a person {d} {t} | How is a person punished who {d} {t} ~ how a person is punished who {d} {t}',
      answers: 'The person {v}. | Whoever {d} it {v}.',
    },
    {
      id: 'reason',
      draw: (w) => ({
        v: w.random.pick([
          `so that nobody can ${w.ledgerThing('base')} twice`,
          `because ${w.roles()} do not trust ${w.roles()}`,
          `so that ${w.roles()} can ${w.doingThing('base')}`,
          `because ${w.idea()} leads to ${w.idea()}`,
          `to protect ${w.roles()} from ${w.idea()}`,
          `because it makes ${w.idea()} ${w.adjective()}`,
        ]),
        b: w.ledger().participle,
      }),
      says: '{t} is {b} {v}. | {t} must be {b} {v}.',
      asks: 'Why is {t} {b} ~ why {t} is {b} | Why must {t} be {b} ~ why {t} must be {b} | For what reason is {t} {b} ~ for what reason {t} is {b} | What is the reason that {t} is {b} ~ what the reason is that {t} is {b} | How come {t} is {b} ~ how come {t} is {b}',
      answers: '{v}. | It is {b} {v}.',
    },
    {
      id: 'limit',
      draw: (w) => ({ v: w.count(2, 99), u: w.documents(), r: w.role() }),
      says: '{e} holds at most {v} {u} for each {r}. | No more than {v} {u} for each {r} fit in {e}.',
      asks: 'How many {u} does {e} hold ~ how many {u} {e} holds | What is the limit of {e} ~ what the limit of {e} is | How many {u} fit in {e} ~ how many {u} fit in {e} | How large can {e} be ~ how large {e} can be | How much can {e} hold ~ how much {e} can hold',
      answers: 'At most {v} {u} for each {r}.',
    },
    {
      id: 'span',
      draw: (w) => ({ v: span(w), d: w.doing().past, i: w.idea() }),
      says: '{e} is valid for {v} after the {i} {d}. | {v} after the {i} {d}, {e} ends.',
      asks: 'How long is {e} valid ~ how long {e} is valid | When does {e} end ~ when {e} ends | How long does {e} last ~ how long {e} lasts | For how long can one use {e} ~ for how long one can use {e} | When is {e} over ~ when {e} is over',
      answers: 'For {v} after the {i} {d}. | It ends {v} after the {i} {d}.',
    },
    {
      id: 'check',
      draw: (w) => ({ v: w.ledgerThing('ing'), r: w.officer(), a: w.adverb() }),
      says: '{r} checks {t} by {v} {a}. | {t} is checked by {v} {a}; {r} does it.',
      asks: 'How is {t} checked ~ how {t} is checked | How can one verify {t} ~ how one can verify {t} | Who checks {t} ~ who checks {t} | How do I know that {t} is true ~ how I know that {t} is true | How does one test {t} ~ how one tests {t} | In which way is {t} verified ~ in which way {t} is verified',
      answers: '{r} checks it by {v} {a}. | By {v} {a}.',
    },
    {
      id: 'content',
      draw: (w) => ({ v: `${w.an(w.document())}, ${w.an(w.document())} and ${w.an(w.document())}` }),
      says: '{e} contains {v}. | In {e} you find {v}.',
      asks: 'What does {e} contain ~ what {e} contains | What is in {e} ~ what is in {e} | What are the parts of {e} ~ what the parts of {e} are | What belongs to {e} ~ what belongs to {e} | What is stored in {e} ~ what is stored in {e} | What does {e} consist of ~ what {e} consists of | What does {e} name ~ what {e} names',
      answers: '{v}. | It contains {v}.',
    },
    {
      id: 'step',
      draw: (w) => ({ v: w.officer(), a: w.ledger().third, d: w.documents(), b: w.ledger().participle }),
      says: 'After {t} is {b}, {v} {a} the {d}. | Once {t} has been {b}, {v} {a} the {d}.',
      asks: 'What happens after {t} is {b} ~ what happens after {t} is {b} | What follows when {t} is {b} ~ what follows when {t} is {b} | What is done once {t} has been {b} ~ what is done once {t} has been {b} | What comes next when {t} is {b} ~ what comes next when {t} is {b} | What do we do after {t} was {b} ~ what we do after {t} was {b}',
      answers: '{v} {a} the {d}.',
    },
    {
      id: 'change',
      draw: (w) => ({
        v: w.officer(),
        c: w.random.pick([`with the consent of ${w.officer()}`, w.pickTime(), `if ${w.an(w.role())} agrees`, `after ${span(w)}`, 'when nobody objects']),
        a: w.random.pick(['change', 'withdraw', 'cancel', 'sell', 'copy', 'open', 'renew', 'revoke', 'correct', 'refuse', 'share']),
      }),
      says: 'Only {v} can {a} {t}, {c}. | Nobody but {v} may {a} {t}, {c}.',
      asks: 'Who can {a} {t} ~ who can {a} {t} | Can anyone {a} {t} ~ whether anyone can {a} {t} | When may one {a} {t} ~ when one may {a} {t} | Is it possible to {a} {t} ~ whether it is possible to {a} {t} | How can I {a} {t} ~ how I can {a} {t} | Who is allowed to {a} {t} ~ who is allowed to {a} {t}',
      answers: 'Only {v}, {c}. | Only {v} can {a} it, {c}.',
    },
    {
      id: 'contrast',
      draw: (w) => ({ v: w.an(`${w.adjective()} ${w.document()}`), x: w.doingThing('third'), y: w.doingThing('third') }),
      says: '{e} {x}, while {v} {y}. | Unlike {v}, which {y}, {e} {x}.',
      asks: 'How does {e} differ from {v} ~ how {e} differs from {v} | What is the difference between {e} and {v} ~ what the difference between {e} and {v} is | How is {e} different from {v} ~ how {e} is different from {v} | Is {e} the same as {v} ~ whether {e} is the same as {v}',
      answers: '{e} {x}, while {v} {y}.',
    },
  ],
}
