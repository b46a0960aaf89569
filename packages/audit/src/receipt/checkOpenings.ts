import { findFalseOpening, hasLogitsHashes, zeroHash, type ReceiptBundle } from '@openledger/protocol'
import { expectEqual } from '../report/Auditor.ts'

/** Checks that a bundle's openings are what the receipt's hashes commit to: prompt, answer, sampling with its seed, counts, profile, logits. */
export function checkOpenings(bundle: ReceiptBundle): string {
  const wrong = findFalseOpening(bundle)
  if (wrong) expectEqual(wrong.what, wrong.claimed, wrong.found)
  return hasLogitsHashes(bundle.profile) ? 'prompt, answer, sampling, seed and logits open their hashes' : 'prompt, answer, sampling and seed open their hashes; the profile promises no hashes of logits'
}

/** Whether a receipt is the bare base's: no adapter, and nobody to attribute to. */
export const isBareBase = (bundle: ReceiptBundle): boolean => bundle.receipt.statement.adapterId === zeroHash
