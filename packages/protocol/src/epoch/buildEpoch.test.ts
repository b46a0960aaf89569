import fc from 'fast-check'
import { concat, encodeAbiParameters, keccak256, type Address } from 'viem'
import { describe, expect, it } from 'vitest'
import type { Hex } from '../encoding/bytes.ts'
import { balanceLeaf, lineLeaf, type Balance } from '../merkle/leaves.ts'
import { OrderedTree, verifyProof } from '../merkle/OrderedTree.ts'
import { buildEpoch, type SettledReceipt } from './buildEpoch.ts'

const person = (n: number): Address => `0x${n.toString(16).padStart(2, '0').repeat(20)}`
const id = (node: number, nonce: bigint): Hex => keccak256(encodeAbiParameters([{ type: 'uint256' }, { type: 'uint256' }], [BigInt(node), nonce]))
const amount = fc.bigInt({ min: 1n, max: 1n << 100n })
const receipt = fc.record({ node: fc.integer({ min: 1, max: 3 }), nonce: fc.bigInt({ min: 0n, max: 50n }), shares: fc.uniqueArray(fc.record({ payee: fc.integer({ min: 1, max: 9 }).map(person), amount }), { selector: (s) => s.payee, maxLength: 5 }) })
const receipts: fc.Arbitrary<SettledReceipt[]> = fc
  .uniqueArray(receipt, { selector: (r) => `${r.node}:${r.nonce}`, maxLength: 20 })
  .map((list) => list.map((r) => ({ receiptId: id(r.node, r.nonce), node: person(0xa0 + r.node), nonce: r.nonce, shareRoot: id(9, r.nonce), shares: r.shares })))
const balances: fc.Arbitrary<Balance[]> = fc.uniqueArray(fc.record({ payee: fc.integer({ min: 1, max: 12 }).map(person), cumulative: amount }), { selector: (b) => b.payee, maxLength: 8 })
const sum = (list: readonly bigint[]): bigint => list.reduce((a, b) => a + b, 0n)

describe('buildEpoch', () => {
  it('keeps its invariants', () => {
    fc.assert(
      fc.property(receipts, balances, (list, previous) => {
        const epoch = buildEpoch(list, previous)
        // Every share is one line, and nothing else is.
        const expected = list.flatMap((r) => r.shares.map((s) => `${s.payee} ${r.receiptId} ${s.amount}`)).sort()
        expect(epoch.lines.map((l) => `${l.payee} ${l.receiptId} ${l.amount}`)).toEqual(expected)
        expect(epoch.total).toBe(epoch.lines.at(-1)?.epochTotal ?? 0n)
        expect(epoch.total).toBe(sum(list.flatMap((r) => r.shares.map((s) => s.amount))))
        epoch.lines.forEach((line, i) => {
          const before = epoch.lines[i - 1]
          if (before) expect(before.payee < line.payee || (before.payee === line.payee && before.receiptId < line.receiptId)).toBe(true)
          expect(line.runningTotal).toBe((before?.payee === line.payee ? before.runningTotal : 0n) + line.amount)
          expect(line.epochTotal).toBe((before?.epochTotal ?? 0n) + line.amount)
        })
        // Every balance is the one before plus the payee's last running total; payees without lines keep theirs.
        const payees = [...new Set([...previous.map((b) => b.payee), ...epoch.lines.map((l) => l.payee)])].sort()
        expect(epoch.balances.map((b) => b.payee)).toEqual(payees)
        for (const { payee, cumulative } of epoch.balances) {
          const before = previous.find((b) => b.payee === payee)?.cumulative ?? 0n
          expect(cumulative).toBe(before + (epoch.lines.findLast((l) => l.payee === payee)?.runningTotal ?? 0n))
        }
        expect(sum(epoch.balances.map((b) => b.cumulative))).toBe(sum(previous.map((b) => b.cumulative)) + epoch.total)
        const trees = [new OrderedTree(epoch.lines.map(lineLeaf)), new OrderedTree(epoch.balances.map(balanceLeaf))] as const
        expect([epoch.linesRoot, epoch.balancesRoot]).toEqual(trees.map((t) => t.root))
        epoch.balances.forEach((b, i) => expect(verifyProof(epoch.balancesRoot, balanceLeaf(b), trees[1].prove(i))).toBe(true))
      }),
      { numRuns: 60 },
    )
  })

  it('does not depend on the order of its input nor on the case of addresses', () => {
    fc.assert(
      fc.property(receipts, balances, (list, previous) => {
        const upper = list.map((r) => ({ ...r, shares: r.shares.map((s) => ({ ...s, payee: `0x${s.payee.slice(2).toUpperCase()}` as Address })).reverse() }))
        expect(buildEpoch(upper.reverse(), [...previous].reverse())).toEqual(buildEpoch(list, previous))
      }),
      { numRuns: 40 },
    )
  })

  it('orders receipts by id, so that neighbours show that one is missing', () => {
    const make = (node: number, nonce: bigint): SettledReceipt => ({ receiptId: id(node, nonce), node: person(node), nonce, shareRoot: id(8, nonce), shares: [] })
    const ids = [id(1, 9n), id(1, 10n), id(2, 1n)].sort()
    expect(buildEpoch([make(2, 1n), make(1, 10n), make(1, 9n)], []).receipts.map((r) => r.receiptId)).toEqual(ids)
  })

  it('has the roots of a ledger written by hand', () => {
    const word = (n: bigint): Hex => `0x${n.toString(16).padStart(64, '0')}`
    const payee = (n: number): Hex => `0x${'00'.repeat(12)}${person(n).slice(2)}`
    const [r1, r2] = [id(1, 1n), id(1, 2n)].sort() as [Hex, Hex]
    const make = (receiptId: Hex, nonce: bigint, amounts: bigint[]): SettledReceipt => ({ receiptId, node: person(1), nonce, shareRoot: id(7, nonce), shares: amounts.map((a, i) => ({ payee: person(i + 1), amount: a })) })
    const epoch = buildEpoch([make(r1, 1n, [5n, 7n]), make(r2, 2n, [11n])], [{ payee: person(2), cumulative: 100n }])
    const leaf = (...words: Hex[]): Hex => keccak256(concat(['0x00', ...words]))
    const node = (a: Hex, b: Hex): Hex => keccak256(concat(['0x01', a, b]))
    const lines = [leaf(payee(1), r1, word(5n), word(5n), word(5n)), leaf(payee(1), r2, word(11n), word(16n), word(16n)), leaf(payee(2), r1, word(7n), word(7n), word(23n))] as const
    expect(epoch.linesRoot).toBe(keccak256(concat(['0x02', node(node(lines[0], lines[1]), lines[2]), word(3n)])))
    expect(epoch.balancesRoot).toBe(keccak256(concat(['0x02', node(leaf(payee(1), word(16n)), leaf(payee(2), word(107n))), word(2n)])))
    expect(epoch.receiptsRoot).toBe(keccak256(concat(['0x02', node(leaf(r1, id(7, 1n)), leaf(r2, id(7, 2n))), word(2n)])))
    expect(epoch.total).toBe(23n)
  })

  const one: SettledReceipt = { receiptId: id(1, 1n), node: person(1), nonce: 1n, shareRoot: id(7, 1n), shares: [{ payee: person(5), amount: 3n }] }
  it.each([
    ['DUPLICATE_NONCE', [one, { ...one, receiptId: id(2, 2n) }], []],
    ['DUPLICATE_LINE', [{ ...one, shares: [one.shares[0]!, { ...one.shares[0]!, amount: 4n }] }], []],
    ['DUPLICATE_LINE', [one, { ...one, nonce: 2n }], []],
    ['NEGATIVE_AMOUNT', [{ ...one, shares: [{ payee: person(5), amount: -1n }] }], []],
    ['DUPLICATE_PAYEE', [one], [{ payee: person(5), cumulative: 1n }, { payee: person(5), cumulative: 2n }]],
  ] as [string, SettledReceipt[], Balance[]][])('fails with %s', (code, list, previous) => {
    expect(() => buildEpoch(list, previous)).toThrow(expect.objectContaining({ code }))
  })
})
