import { canonicalJson, toHex, type Json } from '@openledger/protocol'
import type { Address } from 'viem'
import { z } from 'zod'
import { ByteReader } from '../binary/ByteReader.ts'
import { fileHash } from '../binary/fileHash.ts'
import { policy } from '../policy.ts'
import { influenceTableMagic, maxDetailBytes } from './encodeInfluenceTable.ts'
import { groupAddress, type AtomMember } from './groupAtoms.ts'
import { isMethod } from './InfluenceMethod.ts'
import type { InfluenceTable } from './InfluenceTable.ts'
import { blockCount, firstBadBlock } from './quantizeBlocks.ts'

/**
 * Reads an influence table; the vectors share the bytes.
 * @throws StorageError BAD_FILE on anything that `encodeInfluenceTable` cannot have written
 */
export function readInfluenceTable(bytes: Uint8Array): InfluenceTable {
  const input = new ByteReader(bytes, 'influence table')
  input.magic(influenceTableMagic)
  const method = input.text(64)
  if (!isMethod(method)) return input.refuse(`its method "${method}" is not known here`)
  const adapterId = toHex(input.bytes(32))
  const baseId = toHex(input.bytes(32))
  const parameterCount = input.u32()
  const blockSize = input.u32()
  if (blockSize !== policy.blockSize) input.refuse(`its blocks have ${blockSize} values`)
  const atomCount = input.u32()
  if (parameterCount === 0 || atomCount === 0 || atomCount > policy.maxAtoms) input.refuse('it holds no parameters, no atoms or too many')
  const details = readDetails(input)
  const groups = readGroups(input, details)
  const atoms = Array.from({ length: atomCount }, () => {
    const atom = { contributor: toHex(input.bytes(20)) as Address, trainingWeight: input.u32() }
    const members = groups.get(atom.contributor)
    return members ? { ...atom, members } : atom
  })
  checkGroups(input, groups, atoms)
  const vectors = atoms.map((atom, a) => {
    const vector = { exponents: input.int8(blockCount(parameterCount)), values: input.int8(parameterCount) }
    const bad = firstBadBlock(vector)
    if (bad >= 0) input.refuse(`block ${bad} of atom ${a} is not quantised by the rule`)
    return { ...atom, ...vector }
  })
  input.finish()
  return { method, adapterId, baseId, parameterCount, atoms: vectors, details, hash: fileHash(bytes) }
}

function readDetails(input: ByteReader): Json {
  const text = input.text(maxDetailBytes)
  try {
    const details = JSON.parse(text) as Json
    if (canonicalJson(details) === text) return details
  } catch {
    // Refused below, like JSON in another form.
  }
  return input.refuse('its details are not canonical JSON')
}

const groupsSchema = z.record(z.string(), z.array(z.tuple([z.string().regex(/^0x[0-9a-f]{40}$/), z.int().min(0).max(0xffffffff)])).min(2).max(policy.maxContributors))

function readGroups(input: ByteReader, details: Json): Map<Address, AtomMember[]> {
  if (typeof details !== 'object' || details === null || !('groups' in details)) return new Map()
  const read = groupsSchema.safeParse(details.groups)
  if (!read.success) return input.refuse('its groups of contributors are malformed')
  return new Map(Object.entries(read.data).map(([name, members]) => [name as Address, members.map(([contributor, trainingWeight]) => ({ contributor: contributor as Address, trainingWeight }))]))
}

/** Each group is an atom of the table, named after its members, and weighs what they weigh together. */
function checkGroups(input: ByteReader, groups: ReadonlyMap<Address, AtomMember[]>, atoms: readonly AtomMember[]): void {
  for (const [name, members] of groups) {
    const sorted = members.every((m, i) => i === 0 || m.contributor > members[i - 1].contributor)
    const weight = members.reduce((sum, m) => sum + m.trainingWeight, 0)
    const named = atoms.filter((atom) => atom.contributor === name)
    if (!sorted || groupAddress(members) !== name || named.length !== 1 || named[0].trainingWeight !== weight) input.refuse(`its group ${name} is not that of its members`)
  }
}
