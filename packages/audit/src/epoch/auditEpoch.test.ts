import { describe, expect, it } from 'vitest'
import { sha256, writeArtefact, type EpochFile } from '@openledger/protocol'
import { chainWith, sampleEpoch } from '../testing/sampleEpoch.ts'
import { auditEpoch } from './auditEpoch.ts'

/** Audits a changed epoch as if its author had anchored the changed file. */
async function auditChanged(change: (epoch: EpochFile) => void) {
  const { epoch, anchored } = await sampleEpoch(3)
  const copy = structuredClone(epoch)
  change(copy)
  const file = writeArtefact(copy)
  return auditEpoch({ file, chain: chainWith({ ...anchored, dataHash: sha256(file) }, 10_000n) })
}

describe('auditEpoch', () => {
  it('holds for a correct epoch', async () => {
    const report = await auditChanged(() => undefined)
    expect(report.falseClaim).toBeUndefined()
    expect(report).toMatchObject({ ok: true })
    expect(report.checks.map((c) => c.status)).toEqual(Array(10).fill('ok'))
  })

  it.each<[string, (epoch: EpochFile) => void, RegExp]>([
    ['a running total', (e) => void (e.lines[1]!.runningTotal += 1n), /lines: line 1 carries running total/],
    ['an amount', (e) => void (e.lines[2]!.amount += 1n), /lines: line 2 says/],
    ['a missing line', (e) => void e.lines.pop(), /line 8 is missing/],
    ['a balance', (e) => void (e.balances[0]!.cumulative -= 1n), /balances: balance 0 says/],
    ['the total', (e) => void (e.total += 1n), /total: claimed/],
    ['a receipt field', (e) => void (e.receipts[0]!.receipt.statement.fee += 1n), /receipt signatures: receipt id/],
    ['a share', (e) => void (e.receipts[1]!.shares[0]!.amount += 1n), /shares: sum of the shares/],
    ['a redirected share', (e) => void (e.receipts[1]!.shares[2]!.payee = `0x${'9'.repeat(40)}`), /shares: share root/],
    ['a carried balance out of nothing', (e) => void e.previousBalances.push({ payee: `0x${'9'.repeat(40)}`, cumulative: 5n }), /balances: number of balances/],
  ])('finds %s', async (_, change, message) => {
    const report = await auditChanged(change)
    expect(report.ok).toBe(false)
    expect(report.falseClaim).toMatch(message)
  })

  it('finds a signature that is another key’s', async () => {
    const other = await sampleEpoch(3)
    const report = await auditChanged((e) => void (e.receipts[2]!.receipt.signature = other.epoch.receipts[2]!.receipt.signature))
    expect(report.falseClaim).toMatch(/signed by/)
  })

  it('finds any changed byte through the anchored hash', async () => {
    const { epoch, anchored } = await sampleEpoch(1)
    const file = writeArtefact({ ...epoch, index: 1 })
    const report = await auditEpoch({ file, chain: chainWith(anchored, 10_000n) })
    expect(report.falseClaim).toMatch(/hash of the epoch file/)
  })

  it('finds an epoch that pays more than was collected', async () => {
    const { epoch, anchored } = await sampleEpoch(2)
    const report = await auditEpoch({ file: writeArtefact(epoch), chain: chainWith(anchored, epoch.total - 1n) })
    expect(report.falseClaim).toMatch(/only .* was collected/)
  })

  it('finds an epoch that pays for answers of a frozen adapter, and holds where the freeze came later', async () => {
    const { epoch, anchored } = await sampleEpoch(3)
    const auditFrozen = (freezeAt: bigint) => auditEpoch({ file: writeArtefact(epoch), chain: { ...chainWith(anchored, 10_000n), freezeAt: () => Promise.resolve(freezeAt) } })
    expect((await auditFrozen(1_700_000_001n)).falseClaim).toBeUndefined()
    expect((await auditFrozen(1_600_000_000n)).falseClaim).toContain(`rights to sell: receipt ${epoch.receipts[0]!.id} was given at`)
  })

  it('finds an epoch that the chain does not know', async () => {
    const { epoch } = await sampleEpoch(1)
    const report = await auditEpoch({ file: writeArtefact(epoch), chain: chainWith(null, 0n) })
    expect(report.falseClaim).toMatch(/knows no epoch/)
  })
})
