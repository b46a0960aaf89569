import { SeededRandom } from '../SeededRandom.ts'
import { askQuestion } from '../text/askQuestion.ts'
import { Words } from '../language/Words.ts'
import { worldSeed } from '../text/writeDocuments.ts'
import { conceptKind } from '../world/conceptKind.ts'
import { makeEntity, World } from '../world/World.ts'
import type { Expectation } from './askAll.ts'

/** Questions that no training document holds in this form: about the lasting world, and about texts made for the test. */
export function heldOutQuestions(count: number): { 'facts of its world': Expectation[]; 'reading a new text': Expectation[] } {
  const world = new World(worldSeed)
  const random = new SeededRandom(99, 7)
  const words = new Words(random)
  const facts = Array.from({ length: count }, () => random.pick(random.pickSkewed(world.entities).facts))
  const readings = Array.from({ length: count }, () => {
    const { facts: told } = makeEntity(conceptKind, words, world.near, 3)
    const fact = random.pick(told)
    return { question: `${told.map((each) => random.pick(each.statements)).join(' ')}\n\n${askQuestion(fact, random)}`, expected: fact.answer }
  })
  return { 'facts of its world': facts.map((fact) => ({ question: askQuestion(fact, random), expected: fact.answer })), 'reading a new text': readings }
}
