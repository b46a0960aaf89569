import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../SeededRandom.ts'
import { World } from '../world/World.ts'
import { askQuestion } from './askQuestion.ts'
import { worldSeed, writeDocuments } from './writeDocuments.ts'

function first(seed: number, count: number): string[] {
  const made: string[] = []
  for (const document of writeDocuments(seed)) {
    if (made.length === count) break
    made.push(document)
  }
  return made
}
const hash = (texts: readonly string[]): string => createHash('sha256').update(texts.join('\0')).digest('hex')

describe('writeDocuments', { timeout: 60_000 }, () => {
  const texts = first(1, 1500)

  it('is the same for the same seed and another for another seed', () => {
    expect(hash(first(1, 1500))).toBe(hash(texts))
    expect(hash(first(2, 1500))).not.toBe(hash(texts))
  })

  it('hardly ever repeats a document', () => {
    expect(new Set(texts).size).toBeGreaterThan(0.95 * texts.length)
  })

  it('leaves no template slot open and closes every turn', () => {
    for (const text of texts) {
      expect(text).not.toMatch(/\{[a-z]\w*\}|undefined|\bNaN\b/)
      expect(text.match(/<\|im_start\|>/g)?.length ?? 0).toBe(text.match(/<\|im_end\|>/g)?.length ?? 0)
    }
  })
})

describe('World', { timeout: 60_000 }, () => {
  const world = new World(worldSeed)

  it('holds thousands of facts that never change', () => {
    expect(world.entities.flatMap((entity) => entity.facts).length).toBeGreaterThan(4000)
    expect(JSON.stringify(new World(worldSeed).entities)).toBe(JSON.stringify(world.entities))
  })

  it('asks one fact in many wordings and gives it one answer', () => {
    const fact = world.entities.find((entity) => entity.kind === 'concept')!.facts[0]!
    const random = new SeededRandom(5)
    const wordings = new Set(Array.from({ length: 300 }, () => askQuestion(fact, random)))
    expect(wordings.size).toBeGreaterThan(100)
    expect(fact.answer).toMatch(/^[A-Z0-9].*\.$/)
  })
})
