import { readArtefact, writeArtefact, type Hex } from '@openledger/protocol'
import { z } from 'zod'

const hash32 = z.custom<Hex>((v) => typeof v === 'string' && /^0x[0-9a-f]{64}$/.test(v), 'expected 0x and 64 lower-case hexadecimal digits')
const count = z.int().min(1).max(0xffffffff)

/** The file that stands for several span indexes: they follow one another in this order. */
export const shardListSchema = z.strictObject({
  kind: z.literal('openledger/span-shards/1'),
  /** SHA-256 of the shard's file; its records; its symbols. */
  shards: z.array(z.strictObject({ hash: hash32, records: count, symbols: count })).min(2).max(65_536),
})
export type ShardList = z.infer<typeof shardListSchema>

/** Writes the list of shards as canonical JSON. */
export const encodeShardList = (shards: ShardList['shards']): Uint8Array => writeArtefact({ kind: 'openledger/span-shards/1', shards } satisfies ShardList)

/**
 * Reads a list of shards.
 * @returns undefined for a file that is no JSON object, as a span index is none
 * @throws InputError BAD_ARTEFACT for another JSON file
 */
export function readShardList(bytes: Uint8Array): ShardList | undefined {
  return bytes[0] === '{'.charCodeAt(0) ? readArtefact(shardListSchema, bytes) : undefined
}
