import type { RecordContent } from '@openledger/protocol'
import { foldedTokens } from '../duplicates/tokens.ts'
import { normaliseRecord, recordFault } from '../records/normaliseRecord.ts'
import { findSecrets } from './findSecrets.ts'
import { qualityLimits as limits } from './qualityLimits.ts'
import { distinctTriples, longestRun, mojibakeSigns, wordCharacterPermille } from './textMeasures.ts'

/** Why a record was not simply accepted. `code` is stable. */
export type QualityReason = { code: string; field: 'prompt' | 'completion'; severity: 'review' | 'reject'; message: string }

/** What the checks say of a record: the worst severity decides. */
export type Judgement = { status: 'accepted' | 'review' | 'rejected'; reasons: QualityReason[] }

// Characters that cannot be seen but change what is read; joiners are left out, since scripts and emoji need them.
const invisible = /[\u200b\u2060-\u2064\ufeff\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u

function judgeText(field: 'prompt' | 'completion', text: string): QualityReason[] {
  const reasons: QualityReason[] = []
  const add = (code: string, severity: 'review' | 'reject', message: string): void => {
    reasons.push({ code, field, severity, message: `the ${field} ${message}` })
  }
  if (!/[\p{L}\p{N}]/u.test(text)) add('NO_WORDS', 'reject', 'holds no letter and no digit')
  else if (text.length >= limits.ratioCharacters) {
    const permille = wordCharacterPermille(text)
    if (permille < limits.wordCharactersReject) add('MOSTLY_SYMBOLS', 'reject', `is ${permille} thousandths letters and digits`)
    else if (permille < limits.wordCharactersReview) add('MANY_SYMBOLS', 'review', `is ${permille} thousandths letters and digits`)
  }
  const { words, permille } = distinctTriples(text)
  if (words >= limits.repetitionWords && permille < limits.distinctTriplesReject) add('MOSTLY_REPETITION', 'reject', `repeats itself: ${permille} thousandths of its runs of three words are new`)
  else if (words >= limits.repetitionWords && permille < limits.distinctTriplesReview) add('MUCH_REPETITION', 'review', `repeats itself: ${permille} thousandths of its runs of three words are new`)
  if (longestRun(text) >= limits.sameCharacterRun) add('CHARACTER_RUN', 'review', `holds one character ${longestRun(text)} times in a row`)
  const { pairs, certain } = mojibakeSigns(text)
  if (certain > 0 || pairs >= limits.mojibakePairs) add('MOJIBAKE', 'review', 'looks like UTF-8 that was read in another encoding')
  if (invisible.test(text)) add('INVISIBLE_CHARACTER', 'review', 'holds characters that cannot be seen or turn the direction of reading')
  if (/\p{Co}/u.test(text)) add('PRIVATE_USE_CHARACTER', 'review', 'holds characters without a public meaning')
  for (const { code, what } of findSecrets(text)) add(code, 'review', `may hold ${what}`)
  return reasons
}

/**
 * Judges a record without knowing its language: form, repetition, symbols, encoding, possible secrets. Deterministic; no network, no model.
 * Whether it repeats another record is asked elsewhere (see DuplicateIndex).
 */
export function judgeRecord(record: RecordContent): Judgement {
  const normal = normaliseRecord(record)
  const fault = recordFault(normal)
  if (fault) return { status: 'rejected', reasons: [{ code: fault.code, field: fault.field, severity: 'reject', message: fault.message }] }
  const reasons = [...judgeText('prompt', normal.prompt), ...judgeText('completion', normal.completion)]
  if (foldedTokens(normal.prompt).join(' ') === foldedTokens(normal.completion).join(' ')) {
    reasons.push({ code: 'SAME_TEXT', field: 'completion', severity: 'reject', message: 'the completion says the same as the prompt' })
  }
  const status = reasons.some((r) => r.severity === 'reject') ? 'rejected' : reasons.length > 0 ? 'review' : 'accepted'
  return { status, reasons }
}
