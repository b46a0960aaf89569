import { cidOfDigest, readArtefact, receiptBundleSchema, zeroHash, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'
import type { ChainPlace, EstateRecords, FiledClaim } from './FiledClaim.ts'

type ClaimRow = { block: string; log_index: number; gateway: Address; id: Hex; attribution: Hex; attributed: boolean; index: number | null; cid: string | null }
type EpochRow = { block: string; log_index: number; index: string; data_hash: Hex }

const start: ChainPlace = { block: -1, logIndex: -1 }

const later = (name: string): string => `exists (select 1 from chain_events d where d.name in (${name}) and d.args->>'receiptId' = e.args->>'receiptId' and d.args->>'gateway' = e.args->>'gateway' and (d.block_number, d.log_index) > (e.block_number, e.log_index))`

/** What can still be refuted by the chain's time, with the epoch of ours that settled it and was posted before. */
const openClaims = `select e.block_number::text as block, e.log_index, e.args->>'gateway' as gateway, e.args->>'receiptId' as id, e.args->'claim'->>'attribution' as attribution, ${later(`'Estates.ClaimAttributed'`)} as attributed, p.index, p.cid
  from chain_events e
    left join epoch_receipts r on r.receipt_id = e.args->>'receiptId' and r.gateway = e.args->>'gateway'
    left join epochs p on p.gateway = r.gateway and p.index = r.epoch and exists (select 1 from chain_events a where a.name = 'Epochs.EpochPosted' and a.args->>'gateway' = p.gateway
      and a.args->>'index' = p.index::text and a.args->'epoch'->>'receiptsRoot' = p.receipts_root and (a.block_number, a.log_index) < (e.block_number, e.log_index))
  where e.name = 'Estates.ClaimFiled' and (e.block_number, e.log_index) > ($1, $2) and (e.args->'claim'->>'answerBy')::bigint >= (select max(time) from chain_blocks)
    and not ${later(`'Estates.ClaimRefuted', 'Estates.ClaimWithdrawn'`)}
  order by e.block_number, e.log_index limit $3`

const standingEpochs = `select e.block_number::text as block, e.log_index, e.args->>'index' as index, e.args->'epoch'->>'dataHash' as data_hash from chain_events e
  where e.name = 'Epochs.EpochPosted' and e.args->>'gateway' = $1 and not exists (select 1 from chain_events v where v.name = 'Epochs.EpochVoided' and v.args->>'gateway' = $1
    and (v.args->>'index')::int <= (e.args->>'index')::int and (v.block_number, v.log_index) > (e.block_number, e.log_index))
  order by e.block_number, e.log_index`

/** A gauge needs no more: who counts on would be kept busy by whoever files. */
const mostCounted = 1000

/** Claims that stand against one gateway: not refuted, not taken back, and not lapsed by an epoch that it has posted since. */
const standing = `select count(*)::int as count from (
  select 1 from chain_events e where e.name = 'Estates.ClaimFiled' and e.args->>'gateway' = $1 and not ${later(`'Estates.ClaimRefuted', 'Estates.ClaimWithdrawn', 'Estates.DepositReturned'`)}
    and e.block_number > coalesce((select max(p.block_number) from chain_events p where p.name = 'Epochs.EpochPosted' and p.args->>'gateway' = $1), -1) limit ${mostCounted}) as claims`

function claimOf({ block, log_index: logIndex, gateway, id, attribution, attributed, index, cid }: ClaimRow): FiledClaim {
  return { block: Number(block), logIndex, gateway, receiptId: id, isAttributed: attributed || attribution !== zeroHash, settled: index === null || cid === null ? null : { index, cid } }
}

/** How many claims stand against a gateway's estate by what the tables know; a thousand at most. */
export async function claimsAgainst(query: Query, gateway: Address): Promise<number> {
  return (await query<{ count: number }>(standing, [gateway.toLowerCase()]))[0]!.count
}

/** What the tables of a gateway know of claims; those of other gateways' receipts are looked for in what epochs' files are at hand. */
export function tableRecords(query: Query, gateway: Address): EstateRecords {
  return {
    async claims(after, limit) {
      const { block, logIndex } = after ?? start
      return (await query<ClaimRow>(openClaims, [block, logIndex, limit])).map(claimOf)
    },
    async unindexed(other) {
      if (other.toLowerCase() === gateway.toLowerCase()) return []
      const rows = await query<EpochRow>(standingEpochs, [other.toLowerCase()])
      return rows.map((row) => ({ block: Number(row.block), logIndex: row.log_index, index: Number(row.index), cid: cidOfDigest(row.data_hash) }))
    },
    async attributed(receiptId) {
      const [row] = await query<{ bundle: string }>(`select bundle from receipts where id = $1 and attribution = 'complete'`, [receiptId])
      const bundle = row && readArtefact(receiptBundleSchema, row.bundle)
      return bundle?.completion && bundle
    },
  }
}
