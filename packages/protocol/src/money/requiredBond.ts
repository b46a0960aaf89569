import { fail } from '../errors/fail.ts'
import { ceilDivide } from './ceilDivide.ts'

/** What decides whether lying pays. Parts are per million. */
export type LieTerms = {
  /** What one false answer brings its node: at most the fee, or what computing it honestly would have cost. Smallest unit. */
  gain: bigint
  /** How many false answers a node can give before the first verdict can end it: those of one epoch, its window and the stages of a case. */
  answers: number
  /** The part of answers that the beacon draws. */
  samplingPpm: number
  /** The probability that a false answer, once drawn, is called wrong. */
  detectionPpm: number
  /** What a verdict takes of the bond. */
  slashPpm: number
}

const whole = 1_000_000n
/** 120 binary digits: what rounding takes of the powers is far below the smallest unit. */
const one = 1n << 120n

/** x to the n, of a fixed-point number at most one, rounded up. */
function power(x: bigint, n: bigint): bigint {
  let [result, base] = [one, x]
  for (let left = n; left > 0n; left >>= 1n) {
    if (left & 1n) result = ceilDivide(result * base, one)
    base = ceilDivide(base * base, one)
  }
  return result
}

function part(name: string, ppm: number): bigint {
  if (!Number.isSafeInteger(ppm) || ppm < 1 || ppm > 1_000_000) fail('BAD_PART', `${name} is ${ppm}, not a whole number from 1 to 1,000,000`, { field: name })
  return BigInt(ppm)
}

/**
 * The part of its bond, fixed point, that a node must expect to lose by so many false answers, rounded down. A false answer costs it slash·bond with probability
 * r·d, and several leave (1 − slash) of what was left each time: after n of them 1 − (1 − r·d·slash)ⁿ of the bond is expected to be gone.
 */
function expectedLoss({ answers, samplingPpm, detectionPpm, slashPpm }: Omit<LieTerms, 'gain'>): bigint {
  if (!Number.isSafeInteger(answers) || answers < 1) fail('BAD_PART', 'a node lies at least once', { field: 'answers' })
  const kept = whole ** 3n - part('samplingPpm', samplingPpm) * part('detectionPpm', detectionPpm) * part('slashPpm', slashPpm)
  return one - power(ceilDivide(kept * one, whole ** 3n), BigInt(answers))
}

/**
 * The bond below which lying pays, smallest unit, rounded up: n·gain / (1 − (1 − r·d·slash)ⁿ) for n false answers. For one answer that is gain / (r·d·slash);
 * for many it comes near n·gain, since more than the whole bond can never be taken. The quotient rises with n, so a bond that suffices for `answers` suffices for fewer.
 */
export function requiredBond({ gain, ...terms }: LieTerms): bigint {
  if (gain < 0n) fail('NEGATIVE_AMOUNT', 'a gain is at least 0', { field: 'gain' })
  const loss = expectedLoss(terms)
  if (loss === 0n) fail('BAD_PART', 'so seldom a lie is found that no bond is large enough', { field: 'samplingPpm', fix: 'sample more' })
  return ceilDivide(gain * BigInt(terms.answers) * one, loss)
}

/** How many false answers are given before one is drawn and called wrong, in the mean: 1 / (r·d). */
export function answersUntilFound({ samplingPpm, detectionPpm }: Pick<LieTerms, 'samplingPpm' | 'detectionPpm'>): number {
  return 1e12 / Number(part('samplingPpm', samplingPpm) * part('detectionPpm', detectionPpm))
}

/**
 * After how many audits of false answers hardly any node is left unfound: the least n with (1 − d)ⁿ ≤ missed.
 * @param missedPpm the part of liars that may still be unfound then; default one in twenty
 */
export function auditsToFind({ detectionPpm }: Pick<LieTerms, 'detectionPpm'>, missedPpm = 50_000): number {
  const [found, missed] = [Number(part('detectionPpm', detectionPpm)) / 1e6, Number(part('missedPpm', missedPpm)) / 1e6]
  return found === 1 ? 1 : Math.max(1, Math.ceil(Math.log(missed) / Math.log(1 - found)))
}
