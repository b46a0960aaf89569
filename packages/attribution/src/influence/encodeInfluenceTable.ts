import { canonicalJson, fail, fromHex } from '@openledger/protocol'
import { ByteWriter } from '../binary/ByteWriter.ts'
import { policy } from '../policy.ts'
import type { InfluenceTable } from './InfluenceTable.ts'

export const influenceTableMagic = 'OLINFL01'
/** Most bytes of `details`. */
export const maxDetailBytes = 1_048_576

/**
 * Writes a table as its canonical file: magic; method name; adapter id, base id; parameter count, block size, atom count; details;
 * contributor and training weight per atom; then block exponents and values per atom. Integers are little-endian.
 */
export function encodeInfluenceTable(table: Omit<InfluenceTable, 'hash'>): Uint8Array {
  const name = new TextEncoder().encode(table.method)
  const details = new TextEncoder().encode(canonicalJson(table.details))
  if (details.length > maxDetailBytes) fail('BAD_TABLE', `the details have ${details.length} bytes, ${maxDetailBytes} allowed`, { field: 'details' })
  const vectors = table.atoms.reduce((sum, atom) => sum + atom.exponents.length + atom.values.length, 0)
  const out = new ByteWriter(8 + 4 + name.length + 64 + 12 + 4 + details.length + 24 * table.atoms.length + vectors)
  out.magic(influenceTableMagic)
  out.u32(name.length)
  out.raw(name)
  out.raw(fromHex(table.adapterId))
  out.raw(fromHex(table.baseId))
  out.u32(table.parameterCount)
  out.u32(policy.blockSize)
  out.u32(table.atoms.length)
  out.u32(details.length)
  out.raw(details)
  for (const { contributor, trainingWeight } of table.atoms) {
    out.raw(fromHex(contributor))
    out.u32(trainingWeight)
  }
  for (const { exponents, values } of table.atoms) {
    out.raw(exponents)
    out.raw(values)
  }
  return out.bytes
}
