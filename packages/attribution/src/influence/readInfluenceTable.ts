import { canonicalJson, toHex, type Json } from '@openledger/protocol'
import type { Address } from 'viem'
import { ByteReader } from '../binary/ByteReader.ts'
import { fileHash } from '../binary/fileHash.ts'
import { policy, type MethodName } from '../policy.ts'
import { influenceTableMagic, maxDetailBytes } from './encodeInfluenceTable.ts'
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
  if (!Object.hasOwn(policy.pathPoints, method)) input.refuse(`its method "${method}" is not known here`)
  const adapterId = toHex(input.bytes(32))
  const baseId = toHex(input.bytes(32))
  const parameterCount = input.u32()
  const blockSize = input.u32()
  if (blockSize !== policy.blockSize) input.refuse(`its blocks have ${blockSize} values`)
  const atomCount = input.u32()
  if (parameterCount === 0 || atomCount === 0 || atomCount > policy.maxAtoms) input.refuse('it holds no parameters, no atoms or too many')
  const details = readDetails(input)
  const atoms = Array.from({ length: atomCount }, () => ({ contributor: toHex(input.bytes(20)) as Address, trainingWeight: input.u32() }))
  const vectors = atoms.map((atom, a) => {
    const vector = { exponents: input.int8(blockCount(parameterCount)), values: input.int8(parameterCount) }
    const bad = firstBadBlock(vector)
    if (bad >= 0) input.refuse(`block ${bad} of atom ${a} is not quantised by the rule`)
    return { ...atom, ...vector }
  })
  input.finish()
  return { method: method as MethodName, adapterId, baseId, parameterCount, atoms: vectors, details, hash: fileHash(bytes) }
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
