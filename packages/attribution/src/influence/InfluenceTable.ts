import { compareHex, fail, type Hex, type Json } from '@openledger/protocol'
import type { Address } from 'viem'
import { fileHash } from '../binary/fileHash.ts'
import { policy, type MethodName } from '../policy.ts'
import { encodeInfluenceTable } from './encodeInfluenceTable.ts'
import type { AtomMember } from './groupAtoms.ts'
import { quantizeBlocks, type QuantizedVector } from './quantizeBlocks.ts'

/** One unit that influence is measured for: a contributor, or a part of one's records. */
export type InfluenceAtom = {
  /** Lower case. */
  contributor: Address
  /** What it weighs when influence cannot be told apart: records, tokens, whatever the run counts. */
  trainingWeight: number
  /** Of an atom of several contributors, sorted by address: `contributor` is their `groupAddress`. They share by training weight. */
  members?: readonly AtomMember[]
}

/** The contributors behind atoms with their training weights, sorted by address; those of several atoms added up. */
export function contributorsOf(atoms: readonly InfluenceAtom[]): AtomMember[] {
  const weights = new Map<Address, number>()
  for (const { contributor, trainingWeight } of atoms.flatMap((atom) => atom.members ?? [atom])) weights.set(contributor, (weights.get(contributor) ?? 0) + trainingWeight)
  return [...weights].map(([contributor, trainingWeight]) => ({ contributor, trainingWeight })).sort((a, b) => compareHex(a.contributor, b.contributor))
}

/**
 * What each atom did to the adapter: r_a, a vector over the flat adapter parameters, such that θ − r_a stands for the adapter
 * without it. Published with the adapter. Later methods differ in how they find r_a, not in this format.
 */
export type InfluenceTable = {
  method: MethodName
  adapterId: Hex
  baseId: Hex
  parameterCount: number
  atoms: readonly (InfluenceAtom & QuantizedVector)[]
  /** What the method has to say about how the table was made, and the members of atoms of several (`groups`); canonical JSON of at most 1 MiB. */
  details: Json
  /** SHA-256 of the file: the `tableHash` of a deployment. */
  hash: Hex
}

export type InfluenceInput = {
  method: MethodName
  adapterId: Hex
  baseId: Hex
  atoms: readonly InfluenceAtom[]
  details?: Json
}

function withGroups(details: Json, atoms: readonly InfluenceAtom[]): Json {
  const groups = atoms.flatMap(({ contributor, members }) => (members ? [[contributor, members.map((m) => [m.contributor, m.trainingWeight])] as const] : []))
  return groups.length === 0 ? details : { ...(details as { [name: string]: Json }), groups: Object.fromEntries(groups) }
}

/**
 * Quantises the responses of a training run into a table.
 * @param responses r_a per atom, all of one length, in the engine's flat order of adapter parameters; not kept
 * @throws InputError BAD_TABLE for no atoms, too many, other lengths, or weights that are not uint32
 */
export function buildInfluenceTable(responses: readonly Float32Array[], input: InfluenceInput): InfluenceTable {
  const refuse = (message: string): never => fail('BAD_TABLE', message, { field: 'atoms' })
  if (responses.length === 0 || responses.length > policy.maxAtoms) refuse(`a table has 1 to ${policy.maxAtoms} atoms, not ${responses.length}`)
  if (responses.length !== input.atoms.length) refuse(`${responses.length} responses for ${input.atoms.length} atoms`)
  const parameterCount = responses[0].length
  if (parameterCount === 0 || responses.some((r) => r.length !== parameterCount)) refuse('the responses have no or different lengths')
  const atoms = input.atoms.map(({ contributor, trainingWeight, members }, a) => {
    if (!Number.isInteger(trainingWeight) || trainingWeight < 0 || trainingWeight > 0xffffffff) refuse(`atom ${a} has a training weight that is not an unsigned 32-bit integer`)
    return { contributor: contributor.toLowerCase() as Address, trainingWeight, ...(members ? { members } : {}), ...quantizeBlocks(responses[a]) }
  })
  const table = { method: input.method, adapterId: input.adapterId, baseId: input.baseId, parameterCount, atoms, details: withGroups(input.details ?? {}, atoms) }
  return { ...table, hash: fileHash(encodeInfluenceTable(table)) }
}
