import { recordId } from '@openledger/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterFile, encodeClusterFile, verifyClusterFile, weighByClusters } from './clusterFile.ts'
import type { ClusterEvidence, ClusterRecord } from './ClusterRecord.ts'
import { encodeEvidence, readEvidence } from './encodeEvidence.ts'
import { findClusters } from './findClusters.ts'

const hash = (n: number) => `0x${n.toString(16).padStart(64, '0')}` as const
const record = (prompt: string, completion: string, order = 0, contributor = order): ClusterRecord => ({
  ...{ recordId: recordId({ prompt, completion }), contributionId: hash(order + 1), contributor: `0x${contributor.toString(16).padStart(40, '0')}`, prompt, completion, order },
})
const list = (...texts: [string, string][]): ClusterRecord[] => texts.map(([prompt, completion], i) => record(prompt, completion, i))
const centres = (records: ClusterRecord[], evidence?: ClusterEvidence[]) => findClusters({ records, evidence }).map((p) => p.of)

const barge: [string, string] = ['What is a barge?', 'A flat boat that carries grain and salt along the rivers of the north.']

describe('findClusters', () => {
  it.each<[string, [string, string], string]>([
    ['exact', barge, 'a letter by letter copy'],
    ['exact', ['what is a BARGE', '«A flat boat that  carries grain and salt along the rivers of the north»'], 'case, spaces and marks'],
    ['exact', ['Whаt is a bаrge?', 'A flаt bоat that carriеs\u200b gráin and salt along the ｒｉｖｅｒｓ of the north.'], 'lookalike letters, invisible ones, accents, widths'],
    ['near', ['What is a barge?', 'A flat boat that carries grian and salt along the rivers of the north.'], 'a slip of the pen'],
    ['near', ['What is a barge?', 'Along the rivers of the north, a flat boat that carries grain and salt.'], 'another order'],
    ['covered', ['What is a barge?', 'Let me think about this matter for you: A flat boat that carries grain and salt along the rivers of the north. I hope it helps you on your way today.'], 'padding'],
    ['covered', ['Define barge.', 'A flat boat that carries grain and salt along the rivers.'], 'a part of it'],
    ['reworded', ['Can you tell me what is meant by the word barge?', 'It is a boat, flat: grain, salt it carries along rivers, which are of the north.'], 'the same words'],
  ])('finds a copy: %s', (method, copy) => {
    const [, place] = findClusters({ records: list(barge, copy) })
    expect(place).toMatchObject({ of: 0, method })
  })

  it.each<[[string, string], [string, string]]>([
    [['What is an elastance?', 'The reciprocal of capacitance.'], ['What is an elastance unit?', 'The reciprocal of capacitance.']],
    [['What is a dry season?', 'One of the two seasons in tropical climates.'], ['What is a rainy season?', 'One of the two seasons in tropical climates.']],
    [['What is 12 plus 5?', 'It is 17.'], ['What is 12 plus 6?', 'It is 18.']],
    [['When was the bridge at Vik built?', 'The bridge at Vik was built in 1871.'], ['When was the bridge at Vik built?', 'The bridge at Vik was built in 1817.']],
    [['What is the colour of the river Bantas?', 'The colour of the river Bantas is brown.'], ['What is the colour of the river Kramar?', 'The colour of the river Kramar is brown.']],
    [['Can a sealed snapshot be changed?', 'A sealed snapshot can be changed by its owner at any time.'], ['Can a sealed snapshot be changed?', 'A sealed snapshot cannot be changed by its owner at any time.']],
    [['What is a bogey?', 'A score of one stroke over par on a hole.'], ['What is a birdie?', 'A score of one stroke under par on a hole.']],
    [['What is C?', 'A language for systems, old and small.'], ['What is C#?', 'A language for systems, old and small.']],
    [['犬は何ですか', '動物です'], ['猫は何ですか', '動物です']],
    [['What is a port?', 'A harbour.'], ['What is a port?', 'A sweet red wine from the valley of the Douro, a drink of the evening. Its ships leave from a harbour far away at the coast.']],
  ])('keeps apart what differs in a fact: %j and %j', (a, b) => {
    const same = { simhash: new Uint8Array(1024).fill(7), embedding: Int8Array.of(1, 2, 3) }
    expect(centres(list(a, b), [same, same])).toEqual([0, 1])
    expect(centres(list(b, a), [same, same])).toEqual([0, 1])
  })

  it('asks the model before it takes other words for the same, in both ways of being near', () => {
    const fillers = Array.from({ length: 4 }, (_, i): [string, string] => [`Who is number ${i}?`, `Person ${i} of the list.`])
    const records = list(...fillers, barge, [barge[0], barge[1].replace('carries', 'transports')])
    const at = (differing: number, embedding: Int8Array): ClusterEvidence => ({ simhash: Uint8Array.from({ length: 1024 }, (_, i) => (i < differing ? 255 : 0)), embedding })
    const evidence = (differing: number, embedding: Int8Array) => [...records.slice(1).map(() => at(0, Int8Array.of(9, 9))), at(differing, embedding)]
    expect(findClusters({ records, evidence: evidence(100, Int8Array.of(9, 8)) })[5]).toMatchObject({ of: 4, method: 'paraphrase' })
    expect(centres(records, evidence(500, Int8Array.of(9, 8)))[5]).toBe(5)
    expect(centres(records, evidence(100, Int8Array.of(9, -8)))[5]).toBe(5)
    expect(centres(records)[5]).toBe(5)
  })

  it('gives the cluster to who committed first, whatever the order of the list, ties by record id', () => {
    const words = fc.constantFrom('river barge grain harbour light keeper tower cape north farm market road'.split(' ')).chain((w) => fc.shuffledSubarray(w, { minLength: 3, maxLength: 6 }))
    const text = fc.tuple(words, words).map(([a, b]): [string, string] => [`What is ${a.join(' ')}?`, b.join(' ')])
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.nat(3)), { minLength: 1, maxLength: 20 }), fc.infiniteStream(fc.nat()), (items, keys) => {
        const records = items.map(([[prompt, completion], order], i) => ({ ...record(prompt, completion, order), contributionId: hash(i + 1) }))
        const shuffled = records.map((r) => ({ r, key: keys.next().value as number })).sort((a, b) => a.key - b.key)
        const centreOf = (list: ClusterRecord[]) => new Map(findClusters({ records: list }).map((p, i) => [list[i]!.contributionId, list[p.of]!.contributionId]))
        const [here, there] = [centreOf(records), centreOf(shuffled.map(({ r }) => r))]
        for (const [id, centre] of here) expect(there.get(id)).toBe(centre)
        const places = findClusters({ records })
        for (const p of places) expect(places[p.of]!.of).toBe(p.of)
      }),
      { numRuns: 25 },
    )
  })

  it('has no chains: a copy of a copy that is unlike the centre stands for itself', () => {
    const words = Array.from({ length: 60 }, (_, i) => `wort${String.fromCharCode(97 + (i % 26), 97 + ((i * 7) % 26), 97 + Math.floor(i / 26))}`)
    const changed = (upTo: number): [string, string] => ['What is it about?', words.map((w, i) => (i % 4 === 0 && i < upTo ? `x${w}x` : w)).join(' ')]
    const places = centres(list(changed(0), changed(8), changed(40), changed(48)))
    expect(places).toEqual([0, 0, 2, 2])
  })

  it('follows what the snapshot calls a copy, and a curator who says it is none', () => {
    const records = list(barge, ['What do barges do?', 'They sleep.'], ['What do barges do?', 'They sleep!'])
    records[1] = { ...records[1]!, copyOf: records[0]!.recordId }
    expect(findClusters({ records })).toMatchObject([{ of: 0 }, { of: 0, method: 'sealed' }, { of: 0, method: 'exact' }])
    const appeals = [1, 2].map((i) => ({ recordId: records[i]!.recordId, contributionId: records[i]!.contributionId, reason: 'another fact', by: 'curator', at: 5 }))
    expect(findClusters({ records, appeals: appeals.slice(0, 1) }).map((p) => p.of)).toEqual([0, 1, 1])
    expect(findClusters({ records, appeals }).map((p) => p.of)).toEqual([0, 1, 2])
    expect(weighByClusters(records, findClusters({ records, appeals: appeals.slice(0, 1) })).map(({ weight }) => weight)).toEqual([1, 1, 0])
    expect(() => findClusters({ records, appeals: [{ ...appeals[0]!, contributionId: hash(99) }] })).toThrow(expect.objectContaining({ code: 'BAD_APPEAL' }))
  })

  it('takes a negation for the same however it is spelt, and for another sense where it is missing', () => {
    const said: [string, string] = ['Do barges pay?', "Barges don't pay at the old lock, nobody asks them, and they can't turn."]
    expect(centres(list(said, ['Do barges pay?', 'Barges do not pay at the old lock, no one asks them, and they cannot turn.']))).toEqual([0, 0])
    expect(centres(list(said, ['Do barges pay?', 'Barges do pay at the old lock, someone asks them, and they can turn.']))).toEqual([0, 1])
  })

  it('does not take a statement for covered by its denial', () => {
    const open: [string, string] = ['When is the gate open?', 'The gate of the old town is open to all who come by the river.']
    expect(centres(list(open, ['When is the gate open?', 'The gate of the old town is not open to all who come by the river.']))).toEqual([0, 1])
    expect(centres(list(open, ['When is the gate open?', 'I was told in 1700, not before: the gate of the old town is open to all who come by the river.']))).toEqual([0, 0])
  })

  it('does not trip over empty, huge or endless copies', () => {
    const long = Array.from({ length: 3000 }, (_, i) => `word${i % 700}`).join(' ')
    const odd = list(['', ''], ['?!', '…'], ['', 'x'], [long, long], [long, `${long} end`], ['a', 'a '.repeat(8000)])
    expect(centres(odd)).toEqual([0, 1, 2, 3, 3, 5])
    const many = Array.from({ length: 20_000 }, (_, i) => ({ ...record(...barge, i), recordId: hash(1) }))
    const places = findClusters({ records: many })
    expect(places.every((p) => p.of === 0)).toBe(true)
  })
})

describe('a cluster file', () => {
  const records = list(barge, ['Who keeps the light?', 'The keeper of the cape.'], [barge[0].toUpperCase(), barge[1]])
  const evidence = records.map((_, i) => ({ simhash: new Uint8Array(1024).fill(i), embedding: Int8Array.of(i, -1, 2) }))
  const cid = `b${'a'.repeat(40)}`
  const file = clusterFile(records, findClusters({ records, evidence }), [], cid)

  it('is found again from the records', () => {
    expect(file.copies).toMatchObject([{ at: 2, of: 0, method: 'exact' }])
    expect(verifyClusterFile(encodeClusterFile(file), records, readEvidence(encodeEvidence(evidence))).places.map((p) => p.of)).toEqual([0, 1, 0])
  })

  it.each([
    ['WRONG_CLUSTERS', 'record 2 is a copy of record 0', { copies: [] }],
    ['WRONG_CLUSTERS', 'record 1 is no copy', { copies: [{ ...file.copies[0]!, at: 1, recordId: records[1]!.recordId }, file.copies[0]!] }],
    ['WRONG_CLUSTERS', 'not of 1', { copies: [{ ...file.copies[0]!, of: 1 }] }],
    ['WRONG_CLUSTERS', 'speaks of 4', { records: 4 }],
    ['OTHER_POLICY', 'constants', { policy: hash(5) }],
    ['BAD_EVIDENCE', 'go together', { evidence: null }],
    ['BAD_APPEAL', 'not among', { appeals: [{ recordId: hash(1), contributionId: hash(1), reason: 'r', by: 'b', at: 1 }] }],
  ])('that lies is refused: %s, %s', (code, message, change) => {
    expect(() => verifyClusterFile(encodeClusterFile({ ...file, ...change }), records, evidence)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }))
  })

  it('comes with evidence that is whole', () => {
    const bytes = encodeEvidence(evidence)
    expect(readEvidence(bytes)).toEqual(evidence)
    for (const bad of [bytes.subarray(0, -1), new Uint8Array([...bytes, 0]), bytes.slice(1)]) expect(() => readEvidence(bad)).toThrow(expect.objectContaining({ code: 'BAD_FILE' }))
    expect(() => findClusters({ records, evidence: evidence.slice(1) })).toThrow(expect.objectContaining({ code: 'BAD_EVIDENCE' }))
  })
})
