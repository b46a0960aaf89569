import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { concat, encodeAbiParameters, keccak256 } from 'viem'
import { describe, expect, it } from 'vitest'
import { recordId, snapshotLeaf, zeroHash, type Hex } from '@openledger/protocol'
import { checkOrigins, type KnownContribution } from './checkOrigins.ts'
import { readSnapshotFile } from './readSnapshotFile.ts'
import { isSealed, proveSealed, sealSnapshot } from './sealSnapshot.ts'
import { contributorWeights, type AcceptedRecord } from './snapshotRecord.ts'

const people = [1, 2, 3].map((n) => `0x${`a${n}`.repeat(20)}` as Hex)
const contribution = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const accept = (prompt: string, completion: string, person: number, committedAt: bigint, index = 0): AcceptedRecord => ({
  prompt,
  completion,
  recordId: recordId({ prompt, completion }),
  contributor: people[person]!,
  contributionId: contribution(Number(committedAt) * 10 + person),
  licence: 'CC-BY-4.0',
  committedAt,
  index,
})
const long = 'A river barge carries grain from the northern farms down to the harbour, where it is weighed and sold.'
const records = [
  accept('What does a barge carry?', long, 0, 5n),
  accept('What does a barge carry?', long.replace('weighed', 'counted'), 1, 6n),
  accept('what does a barge carry', long, 2, 7n),
  accept('What does a barge carry?', long, 2, 7n, 1),
  accept('Who keeps the light?', 'The keeper of the tower on the cape.', 1, 6n, 1),
  accept('Où est la forêt ?', 'Derrière la colline, près du lac.', 2, 4n),
]
const input = { datanetId: 3n, parent: zeroHash, records }
const sealed = sealSnapshot(input)
const lines = new TextDecoder().decode(sealed.file).trimEnd().split('\n')
const bytes = (changed: readonly string[]): Uint8Array => new TextEncoder().encode(`${changed.join('\n')}\n`)
const edit = (line: number, from: string | RegExp, to: string): Uint8Array => {
  const text = lines[line]!.replace(from, to)
  expect(text).not.toBe(lines[line])
  return bytes(lines.with(line, text))
}
const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

describe('sealSnapshot', () => {
  it('orders by commitment, then place, and gives copies no weight', () => {
    expect(sealed.records.map((r) => [r.prompt, r.weight, r.copyOf])).toEqual([
      ['Où est la forêt ?', 1, undefined],
      ['What does a barge carry?', 1, undefined],
      ['What does a barge carry?', 0, records[0]!.recordId],
      ['Who keeps the light?', 1, undefined],
      ['what does a barge carry', 0, records[0]!.recordId],
      ['What does a barge carry?', 0, records[0]!.recordId],
    ])
    expect(contributorWeights(sealed.leaves)).toEqual(people.map((contributor) => ({ contributor, weight: 1 })))
  })

  it('has the root and content hash of an independent computation', () => {
    const parse = lines.slice(1).map((l) => JSON.parse(l) as { recordId: Hex; contributor: Hex; weight: number })
    let level = parse.map((r) => keccak256(concat(['0x00', encodeAbiParameters([{ type: 'bytes32' }, { type: 'address' }, { type: 'uint32' }], [r.recordId, r.contributor, r.weight])])))
    while (level.length > 1) {
      level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => {
        const [a, b] = level.slice(2 * i, 2 * i + 2) as [Hex, Hex | undefined]
        return b ? keccak256(concat(['0x01', a, b])) : a
      })
    }
    expect(sealed.snapshot.root).toBe(keccak256(concat(['0x02', level[0]!, encodeAbiParameters([{ type: 'uint256' }], [6n])])))
    expect(sealed.snapshot.contentHash).toBe(`0x${createHash('sha256').update(sealed.file).digest('hex')}`)
    expect(sealed.snapshot).toMatchObject({ datanetId: 3n, parent: zeroHash, recordCount: 6, contributorCount: 3 })
  })

  it('does not depend on the order of its input', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(sealSnapshot({ ...input, records: shuffled }).snapshot).toEqual(sealed.snapshot)
      }),
    )
  })

  it('proves each record with its contributor and weight, and no other', () => {
    sealed.leaves.forEach((leaf, i) => {
      const proof = proveSealed(sealed, i)
      expect(isSealed(sealed.snapshot, leaf, proof)).toBe(true)
      expect(isSealed(sealed.snapshot, { ...leaf, weight: leaf.weight + 1 }, proof)).toBe(false)
      expect(isSealed(sealed.snapshot, { ...leaf, contributor: `0x${'ee'.repeat(20)}` }, proof)).toBe(false)
      expect(isSealed({ ...sealed.snapshot, recordCount: 5 }, leaf, proof)).toBe(false)
      expect(snapshotLeaf(leaf)).toHaveLength(96)
    })
  })

  it.each([
    ['NO_RECORDS', []],
    ['WRONG_RECORD_ID', [{ ...records[0]!, recordId: zeroHash }]],
    ['DUPLICATE_RECORD', [records[0]!, records[0]!]],
    ['NOT_NORMAL', [accept(' a', 'b', 0, 1n)]],
  ] as [string, AcceptedRecord[]][])('fails with %s', (code, list) => {
    expect(codeOf(() => sealSnapshot({ ...input, records: list }))).toBe(code)
  })
})

describe('readSnapshotFile', () => {
  it('reads back what was sealed', () => {
    const read = readSnapshotFile(sealed.file, sealed.snapshot)
    expect(read.snapshot).toEqual(sealed.snapshot)
    expect(read.records).toEqual(sealed.records)
    expect(read.cid).toBe(sealed.cid)
  })

  it('survives any records', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).map((s) => `x${s}x`.normalize('NFC').replace(/\p{Cc}/gu, ''))
    fc.assert(
      fc.property(fc.uniqueArray(fc.record({ prompt: text, completion: text, person: fc.nat(2) }), { minLength: 1, maxLength: 12, selector: (r) => r.prompt + r.completion }), (list) => {
        const made = sealSnapshot({ ...input, records: list.map((r, i) => accept(r.prompt, r.completion, r.person, BigInt(i))) })
        expect(readSnapshotFile(made.file, made.snapshot).records).toEqual(made.records)
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['WRONG_RECORD_ID', 'line 5', () => edit(4, 'cape', 'cafe')],
    ['WRONG_RECORD_ID', 'line 3', () => edit(2, 'What', 'That')],
    ['WRONG_WEIGHT', 'line 4', () => edit(3, '"weight":0', '"weight":1')],
    ['WRONG_WEIGHT', 'line 3', () => edit(2, '"weight":1', '"weight":2')],
    ['WRONG_WEIGHT', 'line 6', () => edit(5, /"copyOf":"0x../, '"copyOf":"0x00')],
    ['WRONG_ROOT', 'line 1', () => edit(2, /"contributor":"0xa1/, '"contributor":"0xa2')],
    ['WRONG_ROOT', 'line 1', () => edit(0, /"root":"0x../, '"root":"0x00')],
    ['WRONG_COUNT', 'line 1', () => edit(0, '"contributorCount":3', '"contributorCount":2')],
    ['WRONG_COUNT', 'line 7', () => edit(0, '"recordCount":6', '"recordCount":5')],
    ['WRONG_COUNT', 'line 8', () => edit(0, '"recordCount":6', '"recordCount":7')],
    ['WRONG_COUNT', 'line 7', () => bytes(lines.slice(0, -1))],
    ['WRONG_CONTENT_HASH', 'contentHash', () => edit(2, 'CC-BY-4.0', 'CC-BY-3.0')],
    ['WRONG_PARENT', 'parent', () => edit(0, /"parent":"0x00/, '"parent":"0x01')],
    ['OTHER_DATANET', 'datanetId', () => edit(0, '"datanetId":"3"', '"datanetId":"4"')],
    ['UNKNOWN_WEIGHTING', 'line 1', () => edit(0, 'first-of-cluster/1', 'first-of-cluster/2')],
    ['NOT_CANONICAL', 'line 2', () => edit(1, '{"', '{ "')],
    ['NOT_CANONICAL', 'line 2', () => edit(1, 'ê', 'e\u0302')],
    ['NOT_CANONICAL', 'line 7', () => sealed.file.subarray(0, -1)],
    ['NOT_CANONICAL', 'line 7', () => edit(6, /$/, '\r')],
    ['NOT_CANONICAL', 'line 3', () => edit(2, /$/, '\r')],
    ['BAD_SNAPSHOT_LINE', 'line 4', () => edit(3, '"weight"', '"height"')],
    ['BAD_SNAPSHOT_LINE', 'line 2', () => bytes(lines.with(1, ''))],
    ['BAD_SNAPSHOT_LINE', 'line 1', () => new Uint8Array()],
    ['BAD_SNAPSHOT_LINE', 'line 1', () => Uint8Array.of(0xff, 0xfe, 10)],
  ] as [string, string, () => Uint8Array][])('says %s at %s', (code, place, make) => {
    let error: { code?: string; message?: string; field?: string } = {}
    try {
      readSnapshotFile(make(), sealed.snapshot)
    } catch (caught) {
      error = caught as typeof error
    }
    expect(error).toMatchObject({ code, field: place })
  })

  it('notices every single changed byte', () => {
    for (let i = 0; i < sealed.file.length; i += 3) {
      const changed = sealed.file.slice()
      changed[i] = changed[i]! ^ 1
      expect(codeOf(() => readSnapshotFile(changed, sealed.snapshot)), `byte ${i}`).not.toBe('none')
    }
  })
})

describe('checkOrigins', () => {
  const known = (): KnownContribution[] =>
    [
      [records[5]!],
      [records[0]!],
      [records[1]!, records[4]!],
      [records[2]!, records[3]!],
    ].map(([first, ...rest]) => ({ contributionId: first!.contributionId, contributor: first!.contributor, licence: first!.licence, recordIds: [first!, ...rest].map((r) => r.recordId) }))

  it('finds every record in its contribution', () => {
    expect(checkOrigins(sealed.records, known())).toBe(6)
  })

  it.each([
    ['UNKNOWN_CONTRIBUTION', 0, (k) => void k.shift()],
    ['NOT_CONTRIBUTED', 3, (k) => void (k[2] = { ...k[2]!, recordIds: k[2]!.recordIds.slice(0, 1) })],
    ['WRONG_CONTRIBUTOR', 1, (k) => void (k[1] = { ...k[1]!, contributor: people[2]! })],
    ['WRONG_LICENCE', 4, (k) => void (k[3] = { ...k[3]!, licence: 'MIT' })],
    ['WRONG_ORDER', 1, (k) => void k.unshift(k.splice(1, 1)[0]!)],
    ['WRONG_ORDER', 3, (k) => void (k[2] = { ...k[2]!, recordIds: k[2]!.recordIds.toReversed() })],
  ] as [string, number, (k: KnownContribution[]) => void][])('says %s of record %i', (code, place, change) => {
    const list = known()
    change(list)
    let error: { code?: string; field?: string } = {}
    try {
      checkOrigins(sealed.records, list)
    } catch (caught) {
      error = caught as typeof error
    }
    expect(error).toMatchObject({ code, field: `records.${place}` })
  })
})
