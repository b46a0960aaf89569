import type { Hex } from '@openledger/protocol'
import type { ChannelListing } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'
import type { ChannelLedger } from '../payments/ChannelLedger.ts'

type Row = { id: Hex; payer: Address; deposited: string; collected: string; opened: string; last_answer: string | null; closed: boolean; thawing: boolean; prepaid: boolean }

const latest = (name: string, arg: string): string =>
  `(select e.args->>'${arg}' from chain_events e where e.name = '${name}' and e.args->>'channelId' = o.args->>'channelId' order by e.block_number desc, e.log_index desc limit 1)`

/** Every channel to a gateway, newest first: what is locked in it, and what of that is owed, so that no deposit is forgotten. */
export async function listChannels(query: Query, channels: ChannelLedger, gateway: Address): Promise<ChannelListing[]> {
  const rows = await query<Row>(
    `select o.args->>'channelId' as id, o.args->>'payer' as payer, coalesce(${latest('Channels.Deposited', 'deposited')}, '0') as deposited,
       coalesce(${latest('Channels.Collected', 'cumulative')}, '0') as collected, o.time as opened,
       (select max(r.time) from receipts r where r.channel_id = o.args->>'channelId') as last_answer,
       exists (select 1 from chain_events x where x.name = 'Channels.ChannelClosed' and x.args->>'channelId' = o.args->>'channelId') as closed,
       (select x.name from chain_events x where x.name in ('Channels.ThawStarted', 'Channels.ThawCancelled') and x.args->>'channelId' = o.args->>'channelId'
         order by x.block_number desc, x.log_index desc limit 1) is not distinct from 'Channels.ThawStarted' as thawing,
       exists (select 1 from chain_events x where x.name = 'Channels.Prepaid' and x.args->>'channelId' = o.args->>'channelId') as prepaid
     from chain_events o where o.name = 'Channels.ChannelOpened' and o.args->>'gateway' = $1 order by o.block_number desc, o.log_index desc`,
    [gateway.toLowerCase()],
  )
  return rows.map((row) => {
    const { spent, vouchered } = channels.account(row.id)
    const locked = row.closed ? 0n : BigInt(row.deposited) - BigInt(row.collected)
    return {
      id: row.id,
      payer: row.payer,
      deposited: row.deposited,
      collected: row.collected,
      spent: spent.toString(),
      vouchered: vouchered.toString(),
      locked: locked.toString(),
      openedAt: Number(row.opened),
      lastAnswerAt: row.last_answer === null ? null : Number(row.last_answer),
      closed: row.closed,
      thawing: row.thawing && !row.closed && !row.prepaid,
      prepaid: row.prepaid,
    }
  })
}
