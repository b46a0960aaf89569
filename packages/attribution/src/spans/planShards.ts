import { fail } from '@openledger/protocol'
import type { SpanRecord } from './SpanIndex.ts'

/**
 * Most symbols of one shard, unless a caller asks otherwise: its file of 8 bytes per symbol and 40 per record stays below the content
 * store's limit, sorting it takes 0.8 GB, and its finder 1.9 GB.
 */
export const defaultShardSymbols = 2 ** 26

/**
 * Cuts a list of records into shards of at most `maxSymbols` symbols each (tokens, and two separators per record), each as full as the
 * order of the records lets it be.
 * @returns how many records each shard takes, in order; none is 0
 * @throws InputError BAD_RECORDS for a record that is larger than a shard
 */
export function planShards(records: readonly Pick<SpanRecord, 'recordId' | 'prompt' | 'completion'>[], maxSymbols: number = defaultShardSymbols): number[] {
  const counts: number[] = []
  let room = 0
  for (const { recordId, prompt, completion } of records) {
    const size = prompt.length + completion.length + 2
    if (size > maxSymbols) fail('BAD_RECORDS', `record ${recordId} has ${size} symbols, a shard at most ${maxSymbols}`, { field: 'records', fix: 'divide the record' })
    if (size > room) {
      counts.push(0)
      room = maxSymbols
    }
    counts[counts.length - 1]++
    room -= size
  }
  return counts
}
