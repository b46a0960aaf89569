import type { MoneyEvent } from '@openledger/sdk'
import type { Address, Hex } from 'viem'
import type { Query } from '../database/Database.ts'

/** An event as the tables keep it. */
export type MoneyEventRow = { name: string; args: MoneyEvent['args']; time: string; transaction: Hex }

export const moneyEventOf = (row: MoneyEventRow): MoneyEvent => ({ ...row, time: Number(row.time) })

const standing = `select e.name, e.args, e.time, e.transaction from chain_events e where (
    (e.name in ('AttributionCourt.Summoned', 'InclusionCourt.InclusionSummoned', 'EpochCourt.Demanded', 'ExecutionCourt.ExecutionSummoned') and e.args->>'accuser' = $1)
    or (e.name = 'ExecutionCourt.Appealed' and e.args->>'appellant' = $1)
  ) and not exists (
    select 1 from chain_events d where (d.block_number, d.log_index) > (e.block_number, e.log_index) and (
      (e.name = 'AttributionCourt.Summoned' and d.name in ('AttributionCourt.AttributionShown', 'AttributionCourt.Convicted') and d.args->>'receiptId' = e.args->>'receiptId')
      or (e.name = 'InclusionCourt.InclusionSummoned' and d.name in ('InclusionCourt.InclusionShown', 'InclusionCourt.PromiseBroken') and d.args->>'receiptId' = e.args->>'receiptId')
      or (e.name = 'EpochCourt.Demanded' and d.args->>'gateway' = e.args->>'gateway' and d.args->>'index' = e.args->>'index'
        and (d.name = 'Epochs.EpochVoided' or (d.name = 'EpochCourt.Revealed' and d.args->>'list' = e.args->>'list' and d.args->>'place' = e.args->>'place')))
      or (e.name like 'ExecutionCourt.%' and d.name = 'ExecutionCourt.ExecutionJudged' and d.args->>'receiptId' = e.args->>'receiptId')
    )
  ) order by e.block_number desc, e.log_index desc limit 100`

/** What an account brought to the courts and no later event decides: its summonses, demands and appeals, the newest hundred. */
export async function standingDeposits(query: Query, account: Address): Promise<MoneyEvent[]> {
  return (await query<MoneyEventRow>(standing, [account.toLowerCase()])).map(moneyEventOf)
}
