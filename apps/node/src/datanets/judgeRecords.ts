import { judgeRecord, type Duplicate, type VerifiedContribution } from '@openledger/datanet'
import type { Verdict } from '../ledger/facts.ts'
import type { RecordIndex } from './RecordIndex.ts'

const repeats: { [kind in Duplicate['kind']]: string } = {
  exact: 'says the same as a record that was here before',
  normalised: 'differs from an earlier record in case, space or punctuation alone',
  near: 'is nearly the same as an earlier record',
}

/**
 * Judges the records of a contribution, in order: by themselves, then against those that were here before. What is rejected is not
 * compared, and later records are not compared with it.
 */
export async function judgeRecords(index: RecordIndex, { contribution, records, recordIds }: VerifiedContribution): Promise<Verdict[]> {
  const judged = records.map((record, i) => ({ record: { ...record, recordId: recordIds[i]! }, ...judgeRecord(record) }))
  const kept = judged.filter((j) => j.status !== 'rejected')
  const found = await index.add(contribution.datanetId.toString(), kept.map((j) => j.record))
  const duplicates = new Map(kept.map((j, i) => [j, found[i]!]))
  return judged.map((j) => {
    const { recordId } = j.record
    const reasons = j.reasons.map(({ code, message }) => `${code}: ${message}`)
    const duplicate = duplicates.get(j)
    if (duplicate) return { recordId, status: 'duplicate', reasons: [...reasons, repeats[duplicate.kind]], duplicateOf: duplicate.ofId }
    return { recordId, status: j.status, reasons, duplicateOf: null }
  })
}
