import { fail } from '@openledger/protocol'
import type { Address } from 'viem'
import { encodeSpanIndex } from './encodeSpanIndex.ts'
import { defaultShardSymbols, planShards } from './planShards.ts'
import { encodeShardList, type ShardList } from './shardList.ts'
import type { SpanRecord } from './SpanIndex.ts'
import { maxSymbols, shardRecords } from './SpanShards.ts'
import { buildSpanIndexAside, type SpanThreadOptions } from './spanThread.ts'

/**
 * Builds the span index of a run's records and keeps its files: one index, or, where the records are more than a shard takes, several and the
 * list that names them. One shard is in memory at a time, beside the records.
 * @param options.shardSymbols most symbols of a shard; see `defaultShardSymbols`
 * @returns the content id of the index, or of the list
 * @throws InputError BAD_RECORDS as `buildSpanIndex` and `planShards`, or for more records than 32 bits count symbols of; and what `files` throws
 */
export async function publishSpanIndex(
  records: readonly SpanRecord[],
  contributors: readonly Address[],
  files: { put(bytes: Uint8Array): Promise<string> },
  { shardSymbols = defaultShardSymbols, ...options }: SpanThreadOptions & { shardSymbols?: number } = {},
): Promise<string> {
  const symbols = records.reduce((sum, { prompt, completion }) => sum + prompt.length + completion.length + 2, 0)
  if (symbols > maxSymbols) fail('BAD_RECORDS', `${symbols} symbols, ${maxSymbols} can be numbered`, { field: 'records', fix: 'divide the records over several adapters' })
  const parts = shardRecords(records, planShards(records, shardSymbols))
  if (parts.length < 2) return files.put(encodeSpanIndex(await buildSpanIndexAside(records, contributors, options)))
  const shards: ShardList['shards'] = []
  for (const part of parts) {
    const index = await buildSpanIndexAside(part, contributors, options)
    await files.put(encodeSpanIndex(index))
    shards.push({ hash: index.hash, records: part.length, symbols: index.text.length })
  }
  return files.put(encodeShardList(shards))
}
