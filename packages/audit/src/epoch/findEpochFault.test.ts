import { describe, expect, it } from 'vitest'
import { balanceLeaf, EpochTrees, epochDisputeSchema, lineLeaf, readArtefact, receiptLeaf, sha256, verifyProof, writeArtefact, type EpochFile, type Hex } from '@openledger/protocol'
import { anchorOf, chainWith, sampleEpoch } from '../testing/sampleEpoch.ts'
import { auditEpoch } from './auditEpoch.ts'
import { findEpochFault } from './findEpochFault.ts'

const nobody: Hex = `0x${'9'.repeat(40)}`

/** What an audit accuses a gateway of that posted a changed epoch and published its file. */
async function accusationOf(change: (epoch: EpochFile) => void, posted: (epoch: EpochFile) => Partial<EpochFile> = () => ({})) {
  const { epoch } = await sampleEpoch(3)
  change(epoch)
  const anchored = { ...anchorOf(epoch, new EpochTrees({ ...epoch, ...posted(epoch) })), final: false }
  const report = await auditEpoch({ file: writeArtefact(epoch), chain: chainWith(anchored, 10_000n) })
  return { report, dispute: report.epochDispute, anchored }
}

describe('the accusation of an epoch', () => {
  it('is not made of an honest epoch', async () => {
    const { report, dispute } = await accusationOf(() => undefined)
    expect(report.ok).toBe(true)
    expect(dispute).toBeUndefined()
  })

  it.each<[string, (e: EpochFile) => void, string]>([
    ['a running total', (e) => void (e.lines[1]!.runningTotal += 1n), 'lines'],
    ['the sum of all lines', (e) => void (e.lines[4]!.epochTotal += 1n), 'lines'],
    ['the first line', (e) => void (e.lines[0]!.runningTotal += 1n), 'first-line'],
    ['the order of lines', (e) => void ([e.lines[3], e.lines[4]] = [e.lines[4]!, e.lines[3]!]), 'lines'],
    ['the total', (e) => void (e.total += 1n), 'total'],
    ['the order of receipts', (e) => void e.receipts.reverse(), 'receipts'],
    ['a receipt twice', (e) => void (e.receipts[1] = e.receipts[0]!), 'receipts'],
    ['a missing line', (e) => void e.lines.pop(), 'total'],
    ['a line of nobody', (e) => void (e.lines[8]!.payee = nobody), 'lines'],
    ['a receipt that was left out', (e) => void e.receipts.pop(), 'foreign-line'],
    ['a receipt of another gateway', (e) => void (e.gateway = nobody), 'misplaced-receipt'],
    ['a forged receipt', (e) => void (e.receipts[1]!.receipt.statement.fee += 1n), 'withheld'],
    ['a forged signature', (e) => void (e.receipts[1]!.receipt.signature = e.receipts[0]!.receipt.signature), 'withheld'],
    ['shares that are not the receipt’s', (e) => void (e.receipts[1]!.shares[0]!.amount += 1n), 'withheld'],
    ['a balance', (e) => void (e.balances[0]!.cumulative -= 1n), 'balance'],
    ['a payee without a balance', (e) => void e.balances.pop(), 'balance'],
    ['a balance of nobody', (e) => void e.balances.push({ payee: nobody, cumulative: 5n }), 'balance'],
    ['the order of balances', (e) => void e.balances.reverse(), 'balance-order'],
  ])('names %s, with openings that stand under the posted roots', async (_, change, name) => {
    const { report, dispute, anchored } = await accusationOf(change)
    expect(report.ok).toBe(false)
    expect(dispute?.claim.name).toBe(name)
    const { claim } = readArtefact(epochDisputeSchema, writeArtefact(dispute!))
    const values = Object.values(claim).flat() as { line?: never; leaf?: never; balance?: never; proof: never }[]
    for (const { line, leaf, balance, proof } of values) {
      if (line) expect(verifyProof(anchored.linesRoot, lineLeaf(line), proof)).toBe(true)
      if (leaf) expect(verifyProof(anchored.receiptsRoot, receiptLeaf(leaf), proof)).toBe(true)
      if (balance) expect(verifyProof(anchored.balancesRoot, balanceLeaf(balance), proof)).toBe(true)
    }
  })

  it('names a share that no line pays, when all sums fit', async () => {
    const { dispute } = await accusationOf((e) => {
      e.total -= e.lines.pop()!.amount
      e.balances[2]!.cumulative = e.lines.at(-1)!.runningTotal
    })
    expect(dispute?.claim.name).toBe('missing-line')
  })

  it('demands what the published file does not show', async () => {
    for (const list of ['receipts', 'lines', 'balances'] as const) {
      const { dispute } = await accusationOf(() => undefined, (e) => ({ [list]: e[list].slice(1) }))
      expect(dispute?.claim).toEqual({ name: 'withheld', list, place: 0 })
    }
  })

  it('names a receipt that an earlier epoch settled', async () => {
    const { epoch, anchored } = await sampleEpoch(3)
    const earlier = [{ file: epoch, header: anchored }]
    const fault = await findEpochFault({ ...epoch, index: 2 }, { ...anchored, index: 2n }, earlier)
    expect(fault?.claim).toMatchObject({ name: 'repeated-receipt', here: { proof: { index: 0 } }, there: { proof: { index: 0 } } })
  })

  it('is not made by a file that is not the posted one, nor of a final or void epoch', async () => {
    const { epoch, anchored } = await sampleEpoch(2)
    epoch.lines[1]!.runningTotal += 1n
    const file = writeArtefact(epoch)
    const open = { ...anchored, dataHash: sha256(file), final: false }
    for (const chain of [{ ...open, dataHash: anchored.dataHash }, { ...open, final: true }, { ...open, voided: true }, null]) {
      expect((await auditEpoch({ file, chain: chainWith(chain, 10_000n) })).epochDispute).toBeUndefined()
    }
    expect((await auditEpoch({ file, chain: chainWith(open, 10_000n) })).epochDispute).toBeDefined()
  })
})
