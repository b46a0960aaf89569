import type { Database, Query, SqlValue } from '../database/Database.ts'
import type { ChainEvent } from './decodeLogs.ts'

/** A block that the tables know by its hash. */
export type KnownBlock = { number: number; hash: string; time: number }

/** The newest blocks that the tables know, newest first. */
export async function knownBlocks(query: Query, below: number, limit: number): Promise<KnownBlock[]> {
  const rows = await query<{ number: string; hash: string; time: string }>(`select number, hash, time from chain_blocks where number <= $1 order by number desc limit $2`, [below, limit])
  return rows.map((row) => ({ number: Number(row.number), hash: row.hash, time: Number(row.time) }))
}

/** Keeps the events of a range of blocks, and the range's last block. */
export async function keepEvents(database: Database, events: readonly (ChainEvent & { time: number })[], blocks: readonly KnownBlock[]): Promise<void> {
  await database.transaction(async (query) => {
    for (const event of events) {
      const row: SqlValue[] = [event.block, event.logIndex, event.transaction, event.time, event.name, JSON.stringify(event.args)]
      await query(`insert into chain_events values ($1,$2,$3,$4,$5,$6) on conflict do nothing`, row)
    }
    for (const block of blocks) {
      await query(`insert into chain_blocks values ($1,$2,$3) on conflict (number) do update set hash = excluded.hash, time = excluded.time`, [block.number, block.hash, block.time])
    }
  })
}

/** Forgets everything above a block: it is not part of the chain any more. */
export async function forgetAbove(database: Database, block: number): Promise<void> {
  await database.transaction(async (query) => {
    await query(`delete from chain_events where block_number > $1`, [block])
    await query(`delete from chain_blocks where number > $1`, [block])
  })
}
