import { compareHex, fromHex, largestRemainder, wholePpm, concatBytes, sha256, fail, type ContributorShare, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import type { InfluenceAtom } from '../influence/InfluenceTable.ts'
import type { Scores } from '../influence/scoreAtoms.ts'
import { policy } from '../policy.ts'
import { haircuts, keptWeight, type HaircutRule, type HeldOutLosses } from './heldOut.ts'
import { maxMicroNats, microNatsPerNat } from './microNats.ts'
import { noiseFloor } from './noiseFloor.ts'

/** Mean loss per answer token of the bare base and of the tuned model, in micro-nats. */
export type Losses = { base: number; tuned: number }

export type ShareInput = {
  scores: Scores
  /** In the order of the scores. */
  atoms: readonly InfluenceAtom[]
  losses: Losses
  /** 32 bytes that belong to this answer alone; breaks ties between equal remainders. */
  answerKey: Hex
  /** From the table's details, in the order of its atoms; absent where nothing was held out. */
  heldOut?: HeldOutLosses
  /** Per answer token, what it told the bare base in 1/1024 bit (`surprisal`); absent: nothing is taken as known. */
  baseSurprisal?: readonly number[]
  /** Contributors, lower case, whose record is the source of a span of this answer. */
  witnesses?: ReadonlySet<Address>
  /** Default: those of `policy`, which are the only ones that a document may be made under. */
  rules?: ShareRules
}

/** The constants against gaming. */
export type ShareRules = {
  haircut: HaircutRule
  /** Most that a contributor gets of an answer that holds words of others and none of his own, in ppm. */
  unwitnessedCapPpm: number
  /** So many bits of each token's surprisal under the bare base are nobody's merit. */
  knownBits: number
}

/**
 * Divides the contributors' part of one answer by influence, in integers. With u_a = max(0, s_a − τ) and the benefit
 * v = ℓ_base − ℓ_tuned: pool = v / ℓ_base, floored to ppm, 0 when v ≤ 0, and at most the part of the answer's surprisal under the bare base that
 * lies above `knownBits` of each token (what the base would have said anyway is nobody's merit); paid = pool · Σu / max(Σu, v), floored; divided by u_a
 * with the largest remainder, ties by SHA-256(answerKey ‖ atom as uint32 big-endian). Scores (2^e nats) and losses (10⁻⁶ nats) are
 * brought to one unit as integers, so nothing is rounded before the two floors. What is not paid here goes to all contributors
 * by training weight (`splitFee`). What an atom of several contributors is paid, they divide by training weight, ties by address.
 *
 * Against gaming: atoms without training weight (copies alone) neither are paid nor move τ; `haircuts` cut u_a and the training weight of
 * atoms that hurt the held-out loss; a contributor of whom no word stands in an answer that holds words of others gets at most
 * `unwitnessedCapPpm`. What is cut off is not given to others by influence.
 * @returns one entry per contributor, sorted by address, the atoms of one contributor added up
 */
export function influenceShares({ scores, atoms, losses, answerKey, heldOut, baseSurprisal, witnesses, rules = policy }: ShareInput): ContributorShare[] {
  if (scores.values.length !== atoms.length) fail('BAD_SCORES', `${scores.values.length} scores for ${atoms.length} atoms`, { field: 'scores' })
  for (const loss of [losses.base, losses.tuned]) {
    if (!Number.isInteger(loss) || loss < 0 || loss > maxMicroNats) fail('BAD_LOSS', `a loss of ${loss} is not whole micro-nats`, { field: 'losses' })
  }
  const kept = haircuts(heldOut, atoms.map(({ trainingWeight }) => trainingWeight), rules.haircut)
  const counts = atoms.map(({ trainingWeight }) => trainingWeight > 0)
  const floor = noiseFloor(scores.values.filter((_, a) => counts[a]))
  const scale = BigInt(microNatsPerNat) << BigInt(Math.max(0, scores.exponent))
  const above = scores.values.map((s, a) => (counts[a] && s > floor ? (s - floor) * scale : 0n))
  const useful = above.map((u, a) => u * BigInt(kept[a]))
  const total = above.reduce((a, b) => a + b, 0n)
  const gain = BigInt(losses.base - losses.tuned)
  const benefit = gain << BigInt(Math.max(0, -scores.exponent))

  const pool = gain > 0n ? least((BigInt(wholePpm) * gain) / BigInt(losses.base), unknownPpm(baseSurprisal, rules.knownBits)) : 0n
  const supported = useful.reduce((a, b) => a + b, 0n)
  const paid = supported > 0n && pool > 0n ? (pool * supported) / (BigInt(wholePpm) * (total > benefit ? total : benefit)) : 0n
  const ties = atoms.map((_, a) => sha256(concatBytes(fromHex(answerKey), uint32(a))))
  const parts = largestRemainder(paid, useful, ties)

  const byContributor = new Map<Address, ContributorShare>()
  atoms.forEach((atom, a) => {
    const { members = [atom] } = atom
    const within = largestRemainder(parts[a], members.map((m) => BigInt(m.trainingWeight)), members.map((m) => m.contributor))
    members.forEach(({ contributor, trainingWeight }, m) => {
      const share = byContributor.get(contributor) ?? { contributor, sharePpm: 0, trainingWeight: 0 }
      const weight = keptWeight(trainingWeight, kept[a])
      byContributor.set(contributor, { contributor, sharePpm: share.sharePpm + Number(within[m]), trainingWeight: share.trainingWeight + weight })
    })
  })
  const most = ({ contributor }: ContributorShare): number => (!witnesses || witnesses.size === 0 || witnesses.has(contributor) ? wholePpm : rules.unwitnessedCapPpm)
  return [...byContributor.values()].map((share) => ({ ...share, sharePpm: Math.min(share.sharePpm, most(share)) })).sort((a, b) => compareHex(a.contributor, b.contributor))
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** The part of all surprisal that lies above `knownBits` of each token, floored to ppm. */
function unknownPpm(surprisals: readonly number[] | undefined, knownBits: number): bigint {
  if (!surprisals) return BigInt(wholePpm)
  const sum = (units: readonly number[]): bigint => units.reduce((total, u) => total + BigInt(u), 0n)
  const all = sum(surprisals)
  return all > 0n ? (BigInt(wholePpm) * sum(surprisals.map((u) => Math.max(0, u - knownBits * policy.unitsPerBit)))) / all : 0n
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}
