import { fail, type Json } from '@openledger/protocol'
import { z } from 'zod'
import { policy } from '../policy.ts'
import { maxMicroNats } from './microNats.ts'

const loss = z.int().min(0).max(maxMicroNats)

/** What each atom does to the loss on records that nobody was trained on: stands in an influence table's details as `heldOut`. */
const heldOutSchema = z.strictObject({
  /** Records measured on, of all contributors together. */
  records: z.int().min(1),
  /**
   * Per atom, in the order of the table: mean loss per supervised token over the held-out records of all others, in micro-nats; of the adapter, and of
   * the adapter trained without the atom. Nobody's own records speak for him.
   */
  full: z.array(loss).min(1).max(policy.maxAtoms),
  without: z.array(loss).min(1).max(policy.maxAtoms),
})

export type HeldOutLosses = z.infer<typeof heldOutSchema>

/** What decides a haircut; in `policy`. */
export type HaircutRule = { factor: number; leastMicroNats: number }

const whole = 1_000_000

/**
 * The held-out losses in a table's details; undefined where the table has none.
 * @throws InputError BAD_TABLE when they are malformed or not one per atom
 */
export function heldOutOf(table: { details: Json; atoms: readonly unknown[] }): HeldOutLosses | undefined {
  const { details } = table
  const claimed = typeof details === 'object' && details !== null && 'heldOut' in details ? details.heldOut : undefined
  if (claimed === undefined) return undefined
  const read = heldOutSchema.safeParse(claimed)
  if (!read.success || read.data.full.length !== table.atoms.length || read.data.without.length !== table.atoms.length) {
    return fail('BAD_TABLE', 'the held-out losses of the table are not whole micro-nats, one per atom', { field: 'details.heldOut' })
  }
  return read.data
}

/**
 * What each atom keeps of its shares and of its training weight, in ppm. An atom hurts by h = full − without, the held-out loss of the others that
 * goes away with it. Up to the tolerance, `factor` times the lower median of |h| over all atoms and at least `leastMicroNats`, it keeps everything:
 * that much is noise. From there it falls in a straight line, to nothing at twice the tolerance. Atoms that help keep everything.
 * @param weights each atom's training weight; atoms of none do not count for the median, so that nobody lowers it with copies
 */
export function haircuts(heldOut: HeldOutLosses | undefined, weights: readonly number[], rule: HaircutRule = policy.haircut): number[] {
  if (heldOut === undefined) return weights.map(() => whole)
  const hurts = heldOut.full.map((full, a) => full - heldOut.without[a])
  const sizes = hurts
    .filter((_, a) => weights[a] > 0)
    .map(Math.abs)
    .sort((a, b) => a - b)
  const tolerance = Math.max(rule.leastMicroNats, rule.factor * (sizes[(sizes.length - 1) >> 1] ?? 0))
  return hurts.map((hurt) => {
    const left = Math.min(tolerance, 2 * tolerance - hurt)
    return left <= 0 ? 0 : Number((BigInt(whole) * BigInt(left)) / BigInt(tolerance))
  })
}

/** A training weight after its atom's haircut, floored. */
export function keptWeight(trainingWeight: number, keptPpm: number): number {
  return Number((BigInt(trainingWeight) * BigInt(keptPpm)) / BigInt(whole))
}
