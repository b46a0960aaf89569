import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeInfluenceTable } from './encodeInfluenceTable.ts'
import { groupAddress } from './groupAtoms.ts'
import { buildInfluenceTable, contributorsOf, type InfluenceAtom, type InfluenceInput } from './InfluenceTable.ts'
import { quantizeBlocks } from './quantizeBlocks.ts'
import { readInfluenceTable } from './readInfluenceTable.ts'
import { scoreAtoms } from './scoreAtoms.ts'

const input = (atoms: number): InfluenceInput => ({
  method: 'trajectory',
  adapterId: `0x${'ab'.repeat(32)}`,
  baseId: `0x${'cd'.repeat(32)}`,
  atoms: Array.from({ length: atoms }, (_, a) => ({ contributor: `0x${a.toString(16).padStart(40, '0')}`, trainingWeight: 10 + a })),
  details: { weight: 'records', steps: 12 },
})
const wave = (length: number, phase: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * 0.7 + phase) * 2 ** -(i % 40))
const badFile = expect.objectContaining({ code: 'BAD_FILE' })

describe('influence table file', () => {
  const table = buildInfluenceTable([wave(2100, 0), wave(2100, 1), new Float32Array(2100)], input(3))
  const bytes = encodeInfluenceTable(table)

  it('is read back as it was written, and is the same every time', () => {
    expect(readInfluenceTable(bytes)).toEqual(table)
    expect(buildInfluenceTable([wave(2100, 0), wave(2100, 1), new Float32Array(2100)], input(3)).hash).toBe(table.hash)
  })

  it('with any one byte changed is refused or has another hash', () => {
    let refused = 0
    for (let at = 0; at < bytes.length; at += at < 400 ? 1 : 37) {
      const damaged = bytes.slice()
      damaged[at] ^= 1
      try {
        expect(readInfluenceTable(damaged).hash).not.toBe(table.hash)
      } catch (error) {
        expect(error).toMatchObject({ code: 'BAD_FILE' })
        refused++
      }
    }
    expect(refused).toBeGreaterThan(20)
  })

  it('is refused when cut off, extended, or with details in another form', () => {
    const spaced = Buffer.from(bytes).toString('latin1').replace('{"steps":12', '{"steps":1 ')
    for (const bad of [bytes.slice(0, 50), bytes.slice(0, -1), Uint8Array.of(...bytes, 0), Buffer.from(spaced, 'latin1')]) {
      expect(() => readInfluenceTable(bad)).toThrow(badFile)
    }
  })

  it('carries the members of atoms of several, and is refused when they are not those that the atom is named after', () => {
    const members = [1, 2].map((k) => ({ contributor: `0x${String(k).padStart(40, '0')}` as const, trainingWeight: 5 * k }))
    const group = { contributor: groupAddress(members), trainingWeight: 15, members }
    const build = (atom: InfluenceAtom) => buildInfluenceTable([wave(1100, 0), wave(1100, 1)], { ...input(1), atoms: [...input(1).atoms, atom] })
    const grouped = build(group)
    const read = readInfluenceTable(encodeInfluenceTable(grouped))
    expect(read).toEqual(grouped)
    expect(contributorsOf(read.atoms)).toEqual([{ contributor: `0x${'0'.repeat(40)}`, trainingWeight: 10 }, ...members])
    const wrong = [
      { ...group, trainingWeight: 16 },
      { ...group, members: [members[0], { ...members[1], trainingWeight: 11 }] },
      { ...group, contributor: members[0].contributor },
      { ...group, contributor: groupAddress([...members].reverse()), members: [...members].reverse() },
    ]
    for (const atom of wrong) expect(() => readInfluenceTable(encodeInfluenceTable(build(atom)))).toThrow(badFile)
  })

  it('needs sane input', () => {
    const refused = expect.objectContaining({ code: 'BAD_TABLE' })
    expect(() => buildInfluenceTable([], input(0))).toThrow(refused)
    expect(() => buildInfluenceTable([wave(3, 0)], input(2))).toThrow(refused)
    expect(() => buildInfluenceTable([wave(3, 0), wave(4, 0)], input(2))).toThrow(refused)
    expect(() => buildInfluenceTable([wave(3, 0)], { ...input(1), atoms: [{ ...input(1).atoms[0], trainingWeight: -1 }] })).toThrow(refused)
    expect(() => buildInfluenceTable([wave(3, 0)], { ...input(1), details: 'x'.repeat(1_100_000) })).toThrow(refused)
  })
})

describe('scoreAtoms', () => {
  /** The dot product over again, one bigint at a time, in units of 2^−256. */
  function slowDot(r: Float32Array, g: Float32Array): bigint {
    const [a, b] = [quantizeBlocks(r), quantizeBlocks(g)]
    let sum = 0n
    for (let i = 0; i < r.length; i++) sum += BigInt(a.values[i] * b.values[i]) << BigInt(a.exponents[i >> 10] + b.exponents[i >> 10] + 256)
    return -sum
  }

  it('is exact over all magnitudes, with the largest common exponent', () => {
    const pair = fc.integer({ min: 1, max: 2200 }).chain((length) => {
      const block = fc.float32Array({ minLength: length, maxLength: length, noNaN: true, min: Math.fround(-5e11), max: Math.fround(5e11), size: 'max' })
      return fc.tuple(block, block, block)
    })
    fc.assert(
      fc.property(pair, ([r, s, g]) => {
        const { exponent, values } = scoreAtoms(buildInfluenceTable([r, s], input(2)), quantizeBlocks(g))
        const expected = [slowDot(r, g), slowDot(s, g)]
        expect(values.map((v) => v << BigInt(exponent + (values.every((x) => x === 0n) ? 0 : 256)))).toEqual(expected)
        if (values.some((v) => v !== 0n)) expect(values.some((v) => v % 2n !== 0n)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it('does not overflow at the largest block sums', () => {
    const full = new Float32Array(1024 * 64).fill(127)
    const { exponent, values } = scoreAtoms(buildInfluenceTable([full], input(1)), quantizeBlocks(full))
    expect(-(values[0] << BigInt(exponent))).toBe(BigInt(1024 * 64 * 127 * 127))
  })

  it('agrees with floating point', () => {
    const [r, g] = [wave(5000, 0.3), wave(5000, 2)]
    const { exponent, values } = scoreAtoms(buildInfluenceTable([r], input(1)), quantizeBlocks(g))
    const exact = -r.reduce((sum, x, i) => sum + x * g[i], 0)
    expect(Number(values[0]) * 2 ** exponent).toBeCloseTo(exact, 1)
  })

  it('refuses a query of another size', () => {
    const table = buildInfluenceTable([wave(10, 0)], input(1))
    expect(() => scoreAtoms(table, quantizeBlocks(wave(11, 0)))).toThrow(expect.objectContaining({ code: 'BAD_QUERY' }))
  })
})
