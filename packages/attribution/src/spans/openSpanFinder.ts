import { cidOfDigest, StorageError, type Hex } from '@openledger/protocol'
import { readSpanIndex } from './readSpanIndex.ts'
import { readShardList, type ShardList } from './shardList.ts'
import { SpanFinder } from './SpanFinder.ts'
import type { SpanIndex } from './SpanIndex.ts'
import { joinShards, soleShard, type SpanShards } from './SpanShards.ts'
import { prepareSpans, type SpanStructures } from './SpanStructures.ts'
import { defaultThreadFrom, inThread, type SpanThreadOptions } from './spanThread.ts'

/** Gives files by content id, each checked against its id. */
export type SpanFiles = { get(cid: string): Promise<Uint8Array> }

/** Calls `open` for each shard of a file, or for the file when it is an index itself. */
async function eachShard<T>(cid: string, files: SpanFiles, open: (bytes: Uint8Array, isOneOfMany: boolean) => Promise<T> | T): Promise<{ opened: T[]; list: ShardList | undefined }> {
  const bytes = await files.get(cid)
  const list = readShardList(bytes)
  if (!list) return { opened: [await open(bytes, false)], list }
  const opened: T[] = []
  for (const { hash } of list.shards) opened.push(await open(await files.get(cidOfDigest(hash)), true))
  return { opened, list }
}

function joined(indexes: readonly SpanIndex[], list: ShardList | undefined): SpanShards {
  if (!list) return soleShard(indexes[0])
  const shards = joinShards(indexes)
  list.shards.forEach(({ records, symbols }, s) => {
    const { recordIds, text } = indexes[s]
    if (recordIds.length !== records || text.length !== symbols) throw new StorageError('BAD_FILE', `the list of shards gives shard ${s} ${records} records of ${symbols} symbols, it has ${recordIds.length} of ${text.length}`, { field: 'span shards' })
  })
  return shards
}

/**
 * Reads a span index as it was published, shard by shard.
 * @param options.unverified see `readSpanIndex`
 * @throws StorageError BAD_FILE, InputError BAD_ARTEFACT or BAD_SHARDS, and what `files` throws
 */
export async function readSpanShards(cid: string, files: SpanFiles, options: { unverified?: boolean } = {}): Promise<SpanShards> {
  const { opened, list } = await eachShard(cid, files, (bytes) => readSpanIndex(bytes, options))
  return joined(opened, list)
}

/**
 * Reads and checks a span index as it was published and opens its finder; each file that is large in a thread of its own, one after the other.
 * @throws as `readSpanShards`
 */
export async function openSpanFinder(cid: string, files: SpanFiles, revoked: ReadonlySet<Hex>, { threadFrom = defaultThreadFrom }: SpanThreadOptions = {}): Promise<SpanFinder> {
  const { opened, list } = await eachShard(cid, files, (bytes, isOneOfMany) => {
    if (bytes.length >= 8 * threadFrom) return inThread({ name: 'open', bytes, revoked, isOneOfMany })
    const index = readSpanIndex(bytes)
    return { index, structures: prepareSpans(index, revoked, isOneOfMany) }
  })
  const index = joined(opened.map((o) => o.index), list)
  return new SpanFinder(index, revoked, opened.map((o) => o.structures))
}

/** A finder over the same index with other records revoked; a shard that is large in a thread of its own. */
export async function withRevokedRecords({ index }: SpanFinder, revoked: ReadonlySet<Hex>, { threadFrom = defaultThreadFrom }: SpanThreadOptions = {}): Promise<SpanFinder> {
  const isOneOfMany = index.shards.length > 1
  const structures: SpanStructures[] = []
  for (const shard of index.shards) {
    if (shard.text.length < threadFrom) structures.push(prepareSpans(shard, revoked, isOneOfMany))
    else {
      const { suffixes, ...others } = await inThread({ name: 'prepare', index: shard, revoked, isOneOfMany })
      structures.push({ ...others, suffixes: suffixes ?? shard.suffixes })
    }
  }
  return new SpanFinder(index, revoked, structures)
}
