import { fail } from '@openledger/protocol'
import type { JsonObject } from '../JsonObject.ts'
import type { TokenTable } from './TokenTable.ts'

/**
 * The merges of a BPE tokenizer.json by rank, as pairs of texts; each part and each result must be a token.
 * @throws InputError `TOKENIZER`
 */
export function readMerges(model: JsonObject, { ids }: TokenTable): [string, string][] {
  const bad = (rank: number, why: string): never => fail('TOKENIZER', `merge ${rank} of ${model.source} ${why}`, { field: 'merges' })
  return model.list('merges').map((item, rank) => {
    const pair: unknown[] = typeof item === 'string' ? item.split(' ') : Array.isArray(item) ? (item as unknown[]) : []
    const [left, right] = pair
    if (pair.length !== 2 || typeof left !== 'string' || typeof right !== 'string' || left === '' || right === '') return bad(rank, 'is not a pair of texts')
    if (!ids.has(left) || !ids.has(right) || !ids.has(left + right)) return bad(rank, 'joins or makes what is no token')
    return [left, right]
  })
}
