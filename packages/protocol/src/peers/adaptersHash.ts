import { concatBytes, fromHex, type Hex } from '../encoding/bytes.ts'
import { compareHex } from '../encoding/compare.ts'
import { keccak } from '../encoding/hash.ts'

/** What an announcement says of the adapters that a node holds: keccak over their ids, sorted, each once. */
export function adaptersHash(adapterIds: readonly Hex[]): Hex {
  return keccak(concatBytes(...[...new Set(adapterIds)].sort(compareHex).map(fromHex)))
}
