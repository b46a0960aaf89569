import type { SeededRandom } from '../SeededRandom.ts'
import { makeEntity, population, type Entity, type Fact, type World } from '../world/World.ts'
import { askQuestion } from './askQuestion.ts'
import { renderChat, type Turn } from './chatMarkup.ts'
import { capital } from '../language/inflect.ts'
import { Words } from '../language/Words.ts'

const systemLines = [
  'You are a helpful assistant.',
  'Answer in one short sentence.',
  'You answer questions about the world.',
  'Be brief and exact.',
  'Answer only from what you know.',
  'You are a friendly guide.',
  'Use plain words.',
]
const weighted = population.flatMap(([kind, , weight]) => Array<typeof kind>(weight).fill(kind))

const turns = (question: string, answer: string): Turn[] => [
  { role: 'user', content: question },
  { role: 'assistant', content: answer },
]

function withSystem(list: Turn[], random: SeededRandom): string {
  return renderChat(random.oneIn(12) ? [{ role: 'system', content: random.pick(systemLines) }, ...list] : list)
}

/** A conversation about facts of the lasting world; the model has to know them. */
export function worldChat(world: World, random: SeededRandom): string {
  const list: Turn[] = []
  let entity = random.pickSkewed(world.entities)
  for (let left = random.pick([1, 1, 1, 2, 2, 3]); left > 0; left -= 1) {
    const fact = random.pick(entity.facts)
    list.push(...turns(askQuestion(fact, random), fact.answer))
    if (random.percent(60)) entity = random.pickSkewed(world.entities)
  }
  return withSystem(list, random)
}

/** A plain description of one entity of the lasting world. */
export function worldProse(world: World, random: SeededRandom): string {
  const entity = random.pickSkewed(world.entities)
  const chosen = random.sample(entity.facts, random.between(1, 5))
  const text = chosen.map((fact) => random.pick(fact.statements)).join(' ')
  return random.percent(25)
    ? renderChat(
        turns(
          random.pick([`Tell me about ${entity.name}.`, `Describe ${entity.name}.`, `What do you know about ${entity.name}?`, `Write about ${entity.name}.`]),
          text,
        ),
      )
    : text
}

/** Entities invented for one document only, so that the answer has to be read from the text. */
function freshEntities(world: World, words: Words, count: number, facts: number): Entity[] {
  const kind = words.random.pick(weighted)
  return Array.from({ length: count }, () => makeEntity(kind, words, world.near, facts))
}

/** A passage about unknown things, then questions that it answers. */
export function readingChat(world: World, random: SeededRandom): string {
  const words = new Words(random)
  const entities = freshEntities(world, words, random.between(1, 3), random.between(1, 3))
  const facts = random.sample(
    entities.flatMap((entity) => entity.facts),
    5,
  )
  const passage = facts.map((fact) => random.pick(fact.statements)).join(random.percent(20) ? '\n' : ' ')
  const first = random.pick(facts)
  const question = askQuestion(first, random)
  const opening = random.pick([
    `${passage}\n\n${question}`,
    `Read this: ${passage}\n${question}`,
    `${passage} ${question}`,
    `Text: ${passage}\nQuestion: ${question}`,
    `${question}\n\n${passage}`,
  ])
  const list = turns(opening, first.answer)
  for (const fact of random.sample(facts, random.between(0, 2))) list.push(...turns(askQuestion(fact, random), fact.answer))
  return withSystem(list, random)
}

/** Someone tells facts turn by turn and later asks for one of them in other words. */
export function tellAndAsk(world: World, random: SeededRandom): string {
  const words = new Words(random)
  const facts = freshEntities(world, words, random.between(1, 3), 1).flatMap((entity) => entity.facts)
  const list: Turn[] = []
  for (const fact of facts) {
    list.push(
      ...turns(
        `${random.pick(['Remember this: ', 'Note: ', '', 'Did you know? ', 'Listen. ', 'Learn this: '])}${random.pick(fact.statements)}`,
        random.pick(['I will remember it.', 'Noted.', 'Thank you, I see.', 'All right.', 'I have learned it.']),
      ),
    )
  }
  const asked = random.pick(facts)
  list.push(...turns(askQuestion(asked, random), asked.answer))
  return withSystem(list, random)
}

/** Examples of questions with answers, then one of the same questions in another wording. */
export function repeatedQuestions(world: World, random: SeededRandom): string {
  const words = new Words(random)
  const facts = freshEntities(world, words, random.between(2, 3), random.between(1, 2)).flatMap((entity) => entity.facts)
  const list = random.sample(facts, 4).flatMap((fact) => turns(askQuestion(fact, random), fact.answer))
  const again = random.pick(facts.slice(0, 4))
  return withSystem([...list, ...turns(askQuestion(again, random), again.answer)], random)
}

/** Yes-or-no questions about a text or about the lasting world, answered with the fact itself. */
export function yesOrNo(world: World, random: SeededRandom): string {
  const words = new Words(random)
  const known = random.percent(50)
  const one = known ? random.pickSkewed(world.entities) : freshEntities(world, words, 1, 2)[0]!
  const fact = random.pick(one.facts)
  const statement = random.pick(fact.statements)
  let claim = statement
  const truth = random.percent(50)
  if (!truth) {
    const kind = population.find(([each]) => each.id === one.kind)?.[0]
    const other = kind && makeEntity(kind, words, world.near, undefined, one.name).facts.find((each) => each.aspect === fact.aspect)
    if (other === undefined) return worldChat(world, random)
    claim = random.pick(other.statements)
  }
  const ask = random.pick([`Is this true? ${claim}`, `True or false: ${claim}`, `${claim} Is that right?`, `Somebody says: ${claim} Is it so?`])
  const answer = truth ? `Yes. ${statement}` : `No. ${statement}`
  return withSystem(turns(known ? ask : `${statement}\n${ask}`, answer), random)
}

/** Practice in other wordings: the same question said again, or two questions compared. */
export function otherWords(world: World, random: SeededRandom): string {
  const words = new Words(random)
  const facts: Fact[] = random.percent(50) ? [...random.pickSkewed(world.entities).facts] : [...freshEntities(world, words, 1, 2)[0]!.facts]
  const fact = random.pick(facts)
  const first = askQuestion(fact, random)
  if (random.percent(50)) {
    const [direct] = random.pick(fact.questions)
    return withSystem(
      turns(`${random.pick(['Say this question in other words: ', 'Put this more simply: ', 'How else can one ask this? '])}${first}`, `${capital(direct)}?`),
      random,
    )
  }
  const second = random.pick([fact, random.pick(facts)])
  return withSystem(
    turns(
      `Do these two questions ask the same?\n1. ${first}\n2. ${askQuestion(second, random)}`,
      second === fact ? 'Yes, they ask the same.' : 'No, they ask different things.',
    ),
    random,
  )
}
