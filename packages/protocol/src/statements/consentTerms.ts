import type { ConsentTerms } from './messages.ts'

/** Who may train on a record: nobody, builders whom the datanet's owner allows, anyone. */
export const trainers = ['nobody', 'allowed', 'anyone'] as const
export type Trainers = (typeof trainers)[number]

/** Consent in words. */
export type Consent = {
  training: Trainers
  /** Whether answers of adapters that were trained on it may be sold. */
  sold: boolean
  /** Whether adapters that were registered before a revocation may go on earning. */
  kept: boolean
}

const soldBit = 4
const keptBit = 8

/** The byte that stands for a consent in statements and contracts; what is left out is not allowed. */
export function consentTerms({ training = 'nobody', sold = false, kept = false }: Partial<Consent>): ConsentTerms {
  return (trainers.indexOf(training) + (sold ? soldBit : 0) + (kept ? keptBit : 0)) as ConsentTerms
}

/** Whether a number is a consent. */
export function isConsent(value: number): value is ConsentTerms {
  return Number.isInteger(value) && value >= 0 && value < 2 * keptBit && value % soldBit < trainers.length
}

/** A consent in words. */
export function readConsent(consent: ConsentTerms): Consent {
  return { training: trainers[consent % soldBit]!, sold: (consent & soldBit) !== 0, kept: (consent & keptBit) !== 0 }
}

/** What `needed` allows and `given` does not, in words; empty when `given` allows all of it. */
export function missingConsent(given: ConsentTerms, needed: ConsentTerms): string[] {
  const [has, wants] = [readConsent(given), readConsent(needed)]
  const missing: string[] = []
  if (trainers.indexOf(has.training) < trainers.indexOf(wants.training)) missing.push(wants.training === 'anyone' ? 'training by anyone' : 'training by builders whom the owner allows')
  if (wants.sold && !has.sold) missing.push('the sale of answers')
  if (wants.kept && !has.kept) missing.push('that adapters go on earning after a revocation')
  return missing
}
