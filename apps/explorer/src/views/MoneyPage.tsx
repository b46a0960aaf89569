import type { MoneyView } from '@openledger/sdk'
import { clockTime, openAmount, shortHash } from '../parts/format.ts'
import { Hash } from '../parts/Hash.tsx'
import { Table } from '../parts/Table.tsx'
import { useResource } from '../state/useResource.ts'

const signed = (amount: string): string => (amount.startsWith('-') ? `− ${openAmount(amount.slice(1))}` : `+ ${openAmount(amount)}`)

/** Where an account's coins are: every one deposited, spent, earned, locked (until when and why), free and paid out. */
export function MoneyPage({ id }: { id: string }) {
  const { value, error } = useResource<MoneyView>(`/api/money/${id}`)
  if (!value) return <p class={error ? 'error' : 'quiet'}>{error ?? 'loading'}</p>
  const { account, name, wallet, places, totals } = value
  const amounts = (p: MoneyView['totals']) => [p.paidIn, p.earned, p.spent, p.paidOut, p.held, p.free].map(openAmount)
  const moves = places.flatMap((p) => p.moves.map((move) => ({ ...move, place: `${p.kind} ${shortHash(p.id)}` }))).sort((a, b) => b.time - a.time)
  return (
    <>
      <h2>
        The money of {name ?? ''} <Hash value={account} />
      </h2>
      {wallet && (
        <p class="quiet">
          In the account itself: {openAmount(wallet.open)}, wrapped {openAmount(wallet.wopen)}.
        </p>
      )}
      <Table
        headings={['where', 'id', 'paid in', 'earned', 'spent', 'paid out', 'held', 'free now', 'until', 'why']}
        rows={places.length === 0 ? [] : [...places.map((p) => [p.kind, <Hash value={p.id} />, ...amounts(p), p.until === null ? '' : clockTime(p.until), p.why]), ['in all', '', ...amounts(totals), '', 'paid in + earned = spent + paid out + held']]}
        empty="Nothing was ever deposited, bonded or earned here."
      />
      <h2>Movements</h2>
      <Table headings={['time', 'where', 'what', 'amount', 'transaction']} rows={moves.map((m) => [clockTime(m.time), m.place, m.what, signed(m.amount), <Hash value={m.transaction} />])} empty="None yet." />
    </>
  )
}
