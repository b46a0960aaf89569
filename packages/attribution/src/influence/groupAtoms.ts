import { compareHex, concatBytes, fail, fromHex, keccak, utf8, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { policy } from '../policy.ts'

/** A contributor in an atom of several, and what it weighs among them. */
export type AtomMember = { contributor: Address; trainingWeight: number }

/** One atom of a run: a contributor, or several that share by training weight. */
export type PlannedAtom = {
  /** The contributor; for several, `groupAddress` of them. */
  contributor: Address
  trainingWeight: number
  /** Of an atom of several, sorted by address. */
  members?: readonly AtomMember[]
}

/** The name of an atom of several contributors: the last 20 bytes of keccak("openledger/atom/1" ‖ each address ‖ weight as big-endian uint32). */
export function groupAddress(members: readonly AtomMember[]): Address {
  const parts = members.flatMap(({ contributor, trainingWeight }) => {
    const weight = new Uint8Array(4)
    new DataView(weight.buffer).setUint32(0, trainingWeight)
    return [fromHex(contributor), weight]
  })
  const hash: Hex = keccak(concatBytes(utf8('openledger/atom/1'), ...parts))
  return `0x${hash.slice(-40)}`
}

/**
 * Puts contributors into at most `policy.maxAtoms` atoms. As long as there is room each is one. Beyond that the `policy.exactAtoms` heaviest stay
 * alone (equal ones by address), and the others are dealt, heaviest first, each to the atom that is lightest so far (equal ones: the first). What an
 * atom of several earns, its members share by training weight.
 * @returns the atoms in ascending order of address, and the atom of each contributor
 * @throws InputError TOO_MANY_CONTRIBUTORS above `policy.maxContributors`
 */
export function groupAtoms(contributors: readonly Address[], weights: readonly number[]): { atoms: PlannedAtom[]; atomOf: number[] } {
  if (contributors.length > policy.maxContributors) {
    fail('TOO_MANY_CONTRIBUTORS', `${contributors.length} contributors are in these snapshots, ${policy.maxContributors} can be on one adapter`, { field: 'snapshotIds', fix: 'train on fewer snapshots' })
  }
  const whole = contributors.map((contributor, i) => ({ contributor: contributor.toLowerCase() as Address, trainingWeight: weights[i] ?? 0, index: i }))
  const bins = whole.length <= policy.maxAtoms ? whole.map((one) => [one]) : dealt(whole)
  const named = bins.map((bin) => {
    const members = bin.map(({ contributor, trainingWeight }) => ({ contributor, trainingWeight })).sort((a, b) => compareHex(a.contributor, b.contributor))
    const trainingWeight = members.reduce((sum, m) => sum + m.trainingWeight, 0)
    const atom: PlannedAtom = members.length === 1 ? members[0] : { contributor: groupAddress(members), trainingWeight, members }
    return { atom, bin }
  })
  named.sort((a, b) => compareHex(a.atom.contributor, b.atom.contributor))
  const atomOf = new Array<number>(contributors.length).fill(0)
  named.forEach(({ bin }, a) => bin.forEach(({ index }) => (atomOf[index] = a)))
  return { atoms: named.map(({ atom }) => atom), atomOf }
}

type Indexed = AtomMember & { index: number }

function dealt(contributors: readonly Indexed[]): Indexed[][] {
  const ordered = [...contributors].sort((a, b) => b.trainingWeight - a.trainingWeight || compareHex(a.contributor, b.contributor))
  const alone = ordered.slice(0, policy.exactAtoms).map((one) => [one])
  const groups = Array.from({ length: policy.maxAtoms - alone.length }, () => ({ weight: 0, bin: [] as Indexed[] }))
  for (const one of ordered.slice(policy.exactAtoms)) {
    const lightest = groups.reduce((best, group) => (group.weight < best.weight ? group : best))
    lightest.bin.push(one)
    lightest.weight += one.trainingWeight
  }
  return [...alone, ...groups.filter(({ bin }) => bin.length > 0).map(({ bin }) => bin)]
}
