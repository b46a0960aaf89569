import { SeededRandom } from '../SeededRandom.ts'
import { capital, plural, withArticle } from '../language/inflect.ts'
import { Words } from '../language/Words.ts'
import type { Aspect, EntityKind, Neighbours } from './Aspect.ts'
import { conceptKind } from './conceptKind.ts'
import { glossKind } from './glossKind.ts'
import { officeKind } from './officeKind.ts'
import { personKind } from './personKind.ts'
import { festivalKind, townKind } from './placeKinds.ts'
import { realWords } from './realWords.ts'
import { animalKind, guildKind, toolKind } from './thingKinds.ts'

/** One fact, with every wording in which it can be stated or asked, and its one answer. */
export interface Fact {
  aspect: string
  statements: readonly string[]
  /** Pairs of a direct and an indirect question, without punctuation. */
  questions: readonly (readonly [direct: string, indirect: string])[]
  answer: string
}

/** Something with a name and facts. */
export interface Entity {
  kind: string
  name: string
  facts: readonly Fact[]
}

const parts = (text: string): string[] => text.split(' | ')

function fill(template: string, slots: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, key: string) => slots[key] ?? key)
}

const sentence = (text: string): string => capital(text.endsWith('.') ? text : `${text}.`)

/** All wordings of one fact. `random` chooses which of the answer's forms this fact has for good. */
function makeFact(aspect: Aspect, slots: Readonly<Record<string, string>>, random: SeededRandom): Fact {
  return {
    aspect: aspect.id,
    statements: parts(aspect.says).map((text) => sentence(fill(text, slots))),
    questions: parts(aspect.asks).map((pair) => {
      const [direct = '', indirect = ''] = pair.split(' ~ ')
      return [fill(direct, slots), fill(indirect, slots)] as const
    }),
    answer: sentence(fill(random.pick(parts(aspect.answers)), slots)),
  }
}

/** Makes an entity of a kind, with all of its facts or with `limit` of them. */
export function makeEntity(kind: EntityKind, words: Words, near: Neighbours, limit = kind.aspects.length, name = kind.name(words, near)): Entity {
  const [he, him, his] = words.random.pick(kind.pronouns)
  const own = {
    n: name,
    e: kind.proper ? name : withArticle(name),
    t: kind.proper ? name : `the ${name}`,
    ns: kind.proper ? name : plural(name),
    he,
    him,
    his,
  }
  const aspects = limit >= kind.aspects.length ? kind.aspects : words.random.sample(kind.aspects, limit)
  return { kind: kind.id, name, facts: aspects.map((aspect) => makeFact(aspect, { ...aspect.draw(words, near), ...own }, words.random)) }
}

/** The kinds of entities with how many of each the lasting world has, and their weight in text made on the spot. */
export const population: readonly (readonly [kind: EntityKind, count: number, weight: number])[] = [
  [personKind, 160, 3],
  [townKind, 60, 2],
  [festivalKind, 50, 1],
  [animalKind, 80, 2],
  [toolKind, 100, 2],
  [guildKind, 60, 2],
  [conceptKind, 200, 8],
  [officeKind, 120, 4],
  [glossKind, 600, 4],
]

/** The made-up world: entities whose facts never change, the same for the same seed. */
export class World {
  readonly entities: readonly Entity[]
  readonly near: Neighbours

  constructor(seed: number) {
    const words = new Words(new SeededRandom(seed, 1))
    const far: Neighbours = { person: () => '', town: () => '', guild: () => '' }
    const names = (kind: EntityKind, count: number): string[] => [...new Set(Array.from({ length: count }, () => kind.name(words, far)))]
    const people = names(personKind, 160)
    const towns = names(townKind, 60)
    const guilds = names(guildKind, 60)
    this.near = {
      person: () => words.random.pick(people),
      town: () => words.random.pick(towns),
      guild: () => words.random.pick(guilds),
    }
    const known = new Map<EntityKind, string[]>([
      [personKind, people],
      [townKind, towns],
      [guildKind, guilds],
    ])
    const made = population.flatMap(([kind, count]) =>
      (known.get(kind) ?? names(kind, count)).map((name) => makeEntity(kind, words, this.near, undefined, name)),
    )
    const gloss = glossKind.aspects[0]!
    const real = realWords.map(([name, definition]): Entity => ({
      kind: 'word',
      name,
      facts: [makeFact({ ...gloss, answers: '{v}.' }, { v: definition, n: name, e: withArticle(name), t: `the ${name}`, ns: plural(name) }, words.random)],
    }))
    this.entities = words.random.sample([...made, ...real], made.length + real.length)
  }
}
