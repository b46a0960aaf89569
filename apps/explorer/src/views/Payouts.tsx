import type { BalanceView, EpochView } from '@openledger/sdk'
import { clockTime, openAmount } from '../parts/format.ts'
import { Hash } from '../parts/Hash.tsx'
import { Table } from '../parts/Table.tsx'
import { useResource } from '../state/useResource.ts'

/** What everybody has earned, can claim and has claimed; and the epochs that say so. */
export function Payouts() {
  const balances = useResource<{ items: BalanceView[] }>('/api/balances')
  const epochs = useResource<{ items: EpochView[] }>('/api/epochs')
  return (
    <>
      <h2>Who earned what</h2>
      <Table
        headings={['payee', 'address', 'final', 'in dispute window', 'claimed', 'claimable']}
        rows={(balances.value?.items ?? []).map((b) => [
          <a href={`#/money/${b.payee}`}>{b.name ?? 'money'}</a>,
          <Hash value={b.payee} />,
          openAmount(b.final),
          openAmount(b.pending),
          openAmount(b.claimed),
          openAmount(b.claimable),
        ])}
        empty="Nobody has earned anything yet."
      />
      <h2>Epochs</h2>
      <Table
        headings={['epoch', 'posted', 'receipts', 'lines', 'total', 'state', 'transaction']}
        rows={(epochs.value?.items ?? []).map((e) => [
          <a href={`#/payouts/${e.index}`}>{e.index}</a>,
          clockTime(e.postedAt),
          e.receipts,
          e.lines,
          openAmount(e.total),
          e.final ? 'final' : `final at ${clockTime(e.finalAt)}`,
          <Hash value={e.transaction} />,
        ])}
        empty="No epoch has been settled yet. Settle one with: openledger settle"
      />
    </>
  )
}
