import { createHash } from 'node:crypto'
import type { TrainingExample } from '@openledger/engine'
import type { Hex } from '@openledger/protocol'
import fc from 'fast-check'
import type { Address } from 'viem'
import { describe, expect, it } from 'vitest'
import { drillDown, type DrillDownEngine, type DrillDownRecords } from './drillDown.ts'
import { cosineOfDistance, HashTable } from './HashTable.ts'

const id = (k: number): Hex => `0x${k.toString(16).padStart(64, '0')}`
const address = (k: number): Address => `0x${k.toString(16).padStart(40, '0')}`
/** 1,024 bytes that belong to a text. */
const hashOf = (text: string): Uint8Array => Uint8Array.from(Array.from({ length: 32 }, (_, i) => [...createHash('sha256').update(`${text} ${i}`).digest()]).flat())
const flipped = (hash: Uint8Array, bits: number): Uint8Array => {
  const out = hash.slice()
  for (let b = 0; b < bits; b++) out[(b * 37) % 1024]! ^= 1 << Math.floor((b * 37) / 1024) % 8
  return out
}

describe('HashTable', () => {
  it('counts bits as the definition does, and sorts by them', () => {
    const slow = (a: Uint8Array, b: Uint8Array): number => a.reduce((sum, byte, i) => sum + (byte ^ b[i]!).toString(2).replaceAll('0', '').length, 0)
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 12 }), fc.string(), (texts, text) => {
        const table = new HashTable(texts.map(hashOf))
        expect([...table.distances(hashOf(text))]).toEqual(texts.map((t) => slow(hashOf(t), hashOf(text))))
        const near = table.nearest(hashOf(text), 5)
        expect(near.map((n) => n.distance)).toEqual([...near].map((n) => n.distance).sort((a, b) => a - b))
      }),
      { numRuns: 30 },
    )
    expect(cosineOfDistance(0)).toBe(1)
    expect(cosineOfDistance(4096)).toBeCloseTo(0)
  })
})

describe('drillDown', () => {
  const answer = hashOf('answer')
  // The nearer by its signs, the smaller by its gradient.
  const hashes = [40, 10, 300, 20, 900].map((bits) => flipped(answer, bits))
  const records: DrillDownRecords = {
    ids: hashes.map((_, k) => id(k)),
    contributors: [1, 2, 1, 2, 3].map(address),
    hashes: new HashTable(hashes),
    example: async (place) => ({ tokens: [place, place], supervisedFrom: 1, group: 0 }),
  }
  const asked: number[][] = []
  const engine: DrillDownEngine = {
    fingerprints: async () => [{ simhash: answer, embedding: new Float32Array(0) }],
    gradientDots: async (_, examples: readonly TrainingExample[]) => {
      asked.push(examples.map(({ tokens }) => tokens[0]!))
      return { dots: examples.map(({ tokens }) => [5, 1, 9, 2, -3][tokens[0]!]!), cosines: examples.map(() => 0.5) }
    },
  }
  const names = async (request: object) => (await drillDown(engine, records, { prompt: [1], answer: [2], ...request })).map((r) => Number(r.recordId))

  it('takes candidates by signs and ranks them by gradients', async () => {
    expect(await names({ candidates: 3 })).toEqual([0, 3, 1])
    expect(asked.at(-1)).toEqual([1, 3, 0])
    expect(await names({ candidates: 5, limit: 2 })).toEqual([2, 0])
  })

  it('goes by signs alone when nothing is to be computed', async () => {
    const before = asked.length
    const found = await drillDown(engine, records, { prompt: [1], answer: [2], candidates: 0, limit: 2 })
    expect(found.map((r) => [Number(r.recordId), r.distance, r.dot])).toEqual([[1, 10, null], [3, 20, null]])
    expect(asked.length).toBe(before)
  })

  it('keeps to one contributor, leaves out revoked records, and says nothing of an empty answer', async () => {
    expect(await names({ contributor: '0x0000000000000000000000000000000000000001' })).toEqual([2, 0])
    expect(await names({ revoked: new Set([id(2)]) })).toEqual([0, 3, 1, 4])
    expect(await names({ answer: [] })).toEqual([])
  })
})
