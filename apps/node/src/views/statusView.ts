import type { Json, Network } from '@openledger/protocol'
import type { StatusView } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'
import type { IndexerState } from '../indexer/Indexer.ts'

export type StatusInput = { query: Query; network: Network; indexer: Readonly<IndexerState>; node: Address; gateway: Address; startedAt: number; version: string; profile: Json }

const countsQuery = `select
  (select count(*) from chain_events where name = 'Datanets.DatanetCreated')::int as datanets,
  (select count(*) from contributions)::int as contributions,
  (select count(*) from records where status = 'accepted')::int as records,
  (select count(*) from chain_events where name = 'Datanets.SnapshotSealed')::int as snapshots,
  (select count(*) from runs)::int as runs,
  (select count(*) from runs where manifest is not null)::int as adapters,
  (select count(*) from deployments)::int as deployments,
  (select count(*) from receipts)::int as receipts,
  (select count(*) from epochs where stage = 'posted')::int as epochs,
  (select count(*) from chain_events where name = 'Epochs.Claimed')::int as claims`

const totalsQuery = `select
  (select coalesce(sum(fee), 0) from receipts)::text as fees,
  (select coalesce(sum(total), 0) from epochs where stage = 'posted')::text as settled,
  (select coalesce(sum((args->>'amount')::numeric), 0) from chain_events where name = 'Epochs.Claimed')::text as claimed`

const attributionsQuery = `select
  count(*) filter (where attribution = 'pending')::int as pending,
  count(*) filter (where attribution = 'complete')::int as complete,
  count(*) filter (where attribution = 'failed')::int as failed from receipts`

/** The state of the loop at one glance. */
export async function statusView({ query, network, indexer, node, gateway, startedAt, version, profile }: StatusInput): Promise<StatusView> {
  const [counts] = await query<StatusView['counts']>(countsQuery)
  const [totals] = await query<StatusView['totals']>(totalsQuery)
  const [attributions] = await query<StatusView['attributions']>(attributionsQuery)
  const chain = { chainId: network.chainId, block: indexer.head, indexedBlock: indexer.indexed, reachable: indexer.reachable }
  return { version, startedAt, chain, node, gateway, counts: counts!, totals: totals!, attributions: attributions!, profile }
}
