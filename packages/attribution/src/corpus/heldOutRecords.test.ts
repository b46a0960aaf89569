import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256, utf8 } from '@openledger/protocol'
import { heldOutRecords, splitHeldOut } from './heldOutRecords.ts'

const rule = { oneIn: 4, fromRecords: 8 }
const record = (id: number, contributor: number, weight = 1) => ({ recordId: sha256(utf8(String(id))), contributor: `0x${contributor}`, weight })

describe('heldOutRecords', () => {
  it('takes the same part of everybody, whatever the order and the names in upper case', () => {
    const list = fc.array(fc.record({ id: fc.nat(1000), contributor: fc.nat(4), weight: fc.nat(1) }), { minLength: 8, maxLength: 60 })
    fc.assert(
      fc.property(list, (items) => {
        const records = items.map(({ id, contributor, weight }, i) => record(id * 100 + i, contributor, weight))
        const chosen = heldOutRecords(records, rule)
        expect(chosen.every((i) => records[i].weight > 0)).toBe(true)
        const trained = records.filter((r) => r.weight > 0)
        for (const owner of new Set(trained.map((r) => r.contributor))) {
          const own = trained.length < rule.fromRecords ? 0 : Math.floor(trained.filter((r) => r.contributor === owner).length / rule.oneIn)
          expect(chosen.filter((i) => records[i].contributor === owner)).toHaveLength(own)
        }
        const turned = records.toReversed()
        expect(heldOutRecords(turned, rule).map((i) => turned[i].recordId).sort()).toEqual(chosen.map((i) => records[i].recordId).sort())
      }),
    )
  })

  it('divides a corpus, for a method that trains without each atom', () => {
    const examples = Array.from({ length: 12 }, (_, i) => ({ tokens: [1, 2, i], supervisedFrom: 1, group: i % 2 }))
    const corpus = { examples, exampleIds: examples.map((_, i) => record(i, 0).recordId), contributors: ['0xaa', '0xbb'] as `0x${string}`[] }
    const { trained, heldOut } = splitHeldOut(corpus, 'responses', rule)
    expect(heldOut.map(({ group }) => group).sort()).toEqual([0, 1])
    expect([...trained, ...heldOut]).toHaveLength(12)
    expect(trained.some((example) => heldOut.includes(example))).toBe(false)
    expect(splitHeldOut(corpus, 'trajectory', rule)).toEqual({ trained: examples, heldOut: [] })
  })

  it('holds nothing out of small sets, and does not count copies', () => {
    const eight = Array.from({ length: 8 }, (_, i) => record(i, i % 2))
    expect(heldOutRecords(eight, rule)).toHaveLength(2)
    expect(heldOutRecords(eight.slice(1), rule)).toEqual([])
    expect(heldOutRecords([...eight.slice(1), record(9, 1, 0)], rule)).toEqual([])
  })
})
