import { SeededRandom } from '../SeededRandom.ts'
import { World } from '../world/World.ts'
import { otherWords, readingChat, repeatedQuestions, tellAndAsk, worldChat, worldProse, yesOrNo } from './factDocuments.ts'
import { courtesy, numberSkill, tale, wordSkill } from './skillDocuments.ts'

/** The seed of the made-up world itself: its people, things and facts. */
export const worldSeed = 20_240_601

const kinds: readonly (readonly [weight: number, write: (world: World, random: SeededRandom) => string])[] = [
  [44, worldChat],
  [8, worldProse],
  [15, readingChat],
  [4, tellAndAsk],
  [6, repeatedQuestions],
  [5, yesOrNo],
  [5, otherWords],
  [6, (_, random) => wordSkill(random)],
  [2, (_, random) => numberSkill(random)],
  [1, (_, random) => courtesy(random)],
  [6, (_, random) => tale(random)],
]
const total = kinds.reduce((sum, [weight]) => sum + weight, 0)

/**
 * An endless stream of training documents, the same for the same seed: conversations with control tokens written out, and
 * plain text. Different seeds give different documents about the same made-up world.
 */
export function* writeDocuments(seed: number, world = new World(worldSeed)): Generator<string, never> {
  const random = new SeededRandom(seed, 2)
  for (;;) {
    let at = random.below(total)
    const [, write] = kinds.find(([weight]) => (at -= weight) < 0)!
    yield write(world, random)
  }
}
