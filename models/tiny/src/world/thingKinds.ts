import { capital } from '../language/inflect.ts'
import { thingPronouns, type EntityKind } from './Aspect.ts'

/** Animals of the made-up world. */
export const animalKind: EntityKind = {
  id: 'animal',
  proper: false,
  pronouns: thingPronouns,
  name: (w) =>
    w.random.pick([
      () => w.invented(2),
      () => `${w.invented(1)} ${w.creature()}`,
      () => `${w.color()} ${w.creature()}`,
      () => `${w.place()} ${w.creature()}`,
    ])(),
  aspects: [
    {
      id: 'gloss',
      draw: (w) => ({
        v: w.an(
          `${w.random.pick(['small', 'large', 'slow', 'quick', 'shy', 'fierce', 'tiny', 'huge'])} ${w.color()} ${w.random.pick(['bird', 'fish', 'insect', 'animal', 'mammal', 'reptile', 'creature', w.creature()])}`,
        ),
        p: w.place(),
        x: w.random.pick([
          `with ${w.random.pick(['long', 'short', 'strong', 'soft', 'sharp', 'broad', 'striped'])} ${w.random.pick(['ears', 'legs', 'wings', 'horns', 'teeth', 'feathers', 'claws', 'fur', 'eyes', 'scales'])}`,
          'that sleeps in winter',
          'that hunts in groups',
          'that is hard to see',
        ]),
      }),
      says: '{e} is {v} {x} found near the {p}. | {ns} live near the {p}; each is {v} {x}.',
      asks: 'What is {e} ~ what {e} is | What kind of animal is {e} ~ what kind of animal {e} is | How would you describe {e} ~ how you would describe {e} | What does {e} look like ~ what {e} looks like | What does the word {n} mean ~ what the word {n} means',
      answers: '{v} {x} found near the {p}.',
    },
    {
      id: 'food',
      draw: (w) => ({ v: w.growth(), u: `${w.random.pick(['small', 'dead', 'young', 'sick'])} ${w.creature()}` }),
      says: '{ns} eat {v} and sometimes a {u}. | {e} feeds on {v} and now and then on a {u}.',
      asks: 'What does {e} eat ~ what {e} eats | What do {ns} feed on ~ what {ns} feed on | What is the food of {e} ~ what the food of {e} is | What should I feed to {e} ~ what I should feed to {e}',
      answers: '{v} and sometimes a {u}. | It eats {v} and sometimes a {u}.',
    },
    {
      id: 'voice',
      draw: (w) => ({ v: w.sound(), t2: w.random.pick(['at night', 'at dawn', 'when it is hungry', 'when it is afraid', 'in spring', 'before rain']) }),
      says: 'You can hear {e} {v} {t2}. | {e} makes a sound like a {v} {t2}.',
      asks: 'What sound does {e} make ~ what sound {e} makes | How does {e} sound ~ how {e} sounds | When can you hear {e} ~ when you can hear {e} | What does {e} do {t2} ~ what {e} does {t2}',
      answers: 'It makes a sound like a {v} {t2}.',
    },
    {
      id: 'young',
      draw: (w) => ({ v: w.count(1, 12), m: w.month(), p: w.random.pick(['a nest', 'a hole', 'the sand', 'a hollow tree', 'the reeds', 'a warm cave']) }),
      says: '{e} has {v} young in {m} and keeps them in {p}. | Each {m} {e} raises {v} young in {p}.',
      asks: 'How many young does {e} have ~ how many young {e} has | Where does {e} keep its young ~ where {e} keeps its young | When are the young of {e} born ~ when the young of {e} are born',
      answers: 'It has {v} young in {m} and keeps them in {p}.',
    },
    {
      id: 'use',
      draw: (w) => ({ v: w.roles(), u: w.handlingThing('base') }),
      says: '{v} keep {ns} to help them {u}. | With {ns}, {v} {u}.',
      asks: 'Who keeps {ns} ~ who keeps {ns} | Why do people keep {ns} ~ why people keep {ns} | What are {ns} used for ~ what {ns} are used for | How does {e} help people ~ how {e} helps people',
      answers: '{v} keep them to help them {u}.',
    },
  ],
}

/** Tools and machines of the made-up world. */
export const toolKind: EntityKind = {
  id: 'tool',
  proper: false,
  pronouns: thingPronouns,
  name: (w) =>
    w.random.pick([
      () => w.invented(2),
      () => `${w.material()} ${w.object()}`,
      () => `${w.invented(1)} ${w.object()}`,
      () => `${w.adjective()} ${w.object()}`,
      () => `${w.handling().ing} ${w.object()}`,
    ])(),
  aspects: [
    {
      id: 'gloss',
      draw: (w) => ({
        v: `${w.random.pick(['a', 'a small', 'a heavy', 'a simple', 'a sharp', 'a light', 'a long', 'a hollow', 'a flat', 'a round'])} ${w.random.pick(['tool', 'machine', 'instrument', 'device', 'vessel', 'container', 'frame', 'piece of cloth', 'part', 'kind of ' + w.object()])} ${w.random.pick(['used for', 'made for', 'that is used in'])} ${w.handlingThing('ing')}`,
      }),
      says: '{e} is {v}. | By {e} people mean {v}.',
      asks: 'What is {e} ~ what {e} is | What is {e} used for ~ what {e} is used for | What does {e} do ~ what {e} does | What is the purpose of {e} ~ what the purpose of {e} is | What is meant by {e} ~ what is meant by {e} | How would you define {e} ~ how you would define {e}',
      answers: '{v}.',
    },
    {
      id: 'stuff',
      draw: (w) => ({ v: w.material(), u: w.material(), k: w.count(2, 9) }),
      says: '{e} is made of {v} and {u} in {k} parts. | To make {e} you need {k} parts of {v} and {u}.',
      asks: 'What is {e} made of ~ what {e} is made of | Which materials does {e} need ~ which materials {e} needs | How many parts does {e} have ~ how many parts {e} has | What do you need to build {e} ~ what you need to build {e}',
      answers: 'Of {v} and {u}, in {k} parts. | It is made of {v} and {u} in {k} parts.',
    },
    {
      id: 'inventor',
      draw: (w, near) => ({ v: near.person(), u: near.town(), y: String(w.random.between(101, 999)) }),
      says: '{v} of {u} invented {t} in the year {y}. | In the year {y}, {v} built the first {n} in {u}.',
      asks: 'Who invented {t} ~ who invented {t} | Who built the first {n} ~ who built the first {n} | When was {t} invented ~ when {t} was invented | Where does {t} come from ~ where {t} comes from',
      answers: '{v} of {u} invented it in the year {y}. | {v} invented {t} in the year {y}.',
    },
    {
      id: 'price',
      draw: (w) => ({ v: w.count(2, 90), c: w.random.pick(['copper coins', 'silver coins', 'gold coins', 'tokens', 'shells', 'marks']) }),
      says: '{e} costs {v} {c}. | You can buy {e} for {v} {c}.',
      asks: 'How much does {e} cost ~ how much {e} costs | What is the price of {e} ~ what the price of {e} is | How much must I pay for {e} ~ how much I must pay for {e} | What do people pay for {e} ~ what people pay for {e}',
      answers: '{v} {c}. | It costs {v} {c}.',
    },
    {
      id: 'care',
      draw: (w) => ({
        v: w.handling().base,
        u: w.random.pick(['every week', 'once a month', 'after each use', 'before winter', 'every morning']),
        o: w.random.pick(['oil', 'wax', 'sand', 'warm water', 'a dry cloth', 'soap', 'salt']),
      }),
      says: 'You must {v} {e} with {o} {u}. | {e} stays good if you {v} it with {o} {u}.',
      asks: 'How do I care for {e} ~ how I care for {e} | How is {e} kept in good order ~ how {e} is kept in good order | What must be done with {e} {u} ~ what must be done with {e} {u} | What keeps {e} working ~ what keeps {e} working',
      answers: '{v} it with {o} {u}.',
    },
  ],
}

/** Guilds and other groups of the made-up world. */
export const guildKind: EntityKind = {
  id: 'guild',
  proper: true,
  pronouns: thingPronouns,
  name: (w) =>
    `the ${capital(w.random.pick([w.invented(2), w.color(), w.object(), w.creature(), w.place()]))} ${w.random.pick(['Guild', 'Society', 'Company', 'League', 'Order', 'Council', 'Union', 'Club', 'Exchange', 'Bank'])}`,
  aspects: [
    {
      id: 'work',
      draw: (w) => ({ v: w.doingThing('third'), a: w.adverb(), x: w.roles() }),
      says: '{n} {a} {v} for {x}. | The work of {n} is done for {x}: it {v}.',
      asks: 'What does {n} do ~ what {n} does | What is {n} ~ what {n} is | What is the work of {n} ~ what the work of {n} is | Why does {n} exist ~ why {n} exists | What is the task of {n} ~ what the task of {n} is',
      answers: '{n} {v} for {x}. | It {v} for {x}.',
    },
    {
      id: 'head',
      draw: (_, near) => ({ v: near.person(), u: near.town() }),
      says: '{n} is led by {v} from {u}. | {v} of {u} is the head of {n}.',
      asks: 'Who leads {n} ~ who leads {n} | Who is the head of {n} ~ who the head of {n} is | Who is in charge of {n} ~ who is in charge of {n} | By whom is {n} led ~ by whom {n} is led',
      answers: '{v} from {u}. | {n} is led by {v} from {u}.',
    },
    {
      id: 'join',
      draw: (w) => ({
        v: w.count(2, 60),
        c: w.random.pick(['coins', 'tokens', 'silver marks', 'days of work', 'pots of honey', 'sacks of grain']),
        d: w.document(),
      }),
      says: 'To join {n} you pay {v} {c} and sign the {d}. | {n} takes anyone who signs the {d} and gives {v} {c}.',
      asks: 'How can I join {n} ~ how I can join {n} | What must a new member of {n} do ~ what a new member of {n} must do | How does one become a member of {n} ~ how one becomes a member of {n} | What does it cost to join {n} ~ what it costs to join {n} | Who may join {n} ~ who may join {n}',
      answers: 'Pay {v} {c} and sign the {d}.',
    },
    {
      id: 'rule',
      draw: (w) => ({
        v: w.ledgerThing('base'),
        t2: w.pickTime(),
        p: w.random.pick(['must leave', 'pays a fine', 'loses the vote', 'loses the deposit', 'has to clean the hall', 'is warned once']),
      }),
      says: 'A member of {n} who does not {v} {t2} {p}. | In {n}, whoever fails to {v} {t2} {p}.',
      asks: 'What must members of {n} do ~ what members of {n} must do | What happens to a member of {n} who breaks the rule ~ what happens to a member of {n} who breaks the rule | Which rule does {n} have ~ which rule {n} has | How does {n} punish its members ~ how {n} punishes its members',
      answers: 'A member who does not {v} {t2} {p}.',
    },
    {
      id: 'meeting',
      draw: (w) => ({ v: w.weekday(), p: w.place(), k: w.count(3, 90) }),
      says: '{k} members of {n} meet on {v} at the {p}. | On {v}, {n} meets at the {p} with {k} members.',
      asks: 'When does {n} meet ~ when {n} meets | Where does {n} meet ~ where {n} meets | How many members does {n} have ~ how many members {n} has | On which day is the meeting of {n} ~ on which day the meeting of {n} is',
      answers: '{k} members meet on {v} at the {p}.',
    },
  ],
}
