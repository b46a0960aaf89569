import type { AnswerView, Page } from '@openledger/sdk'
import { clockTime, openAmount } from '../parts/format.ts'
import { Table } from '../parts/Table.tsx'
import { useResource } from '../state/useResource.ts'

/** The latest answers: what each cost and where it was settled. */
export function Answers() {
  const { value, error } = useResource<Page<AnswerView>>('/api/receipts')
  if (!value) return <p class={error ? 'error' : 'quiet'}>{error ?? 'loading'}</p>
  return (
    <>
      <h2>Answers</h2>
      <Table
        headings={['receipt', 'when', 'model', 'tokens', 'fee', 'sources', 'attribution', 'settled in']}
        rows={value.items.map((a) => [
          <a href={`#/answers/${a.receiptId}`}>{a.receiptId.slice(0, 12)}</a>,
          clockTime(a.time),
          a.model,
          `${a.inputTokens} + ${a.outputTokens}`,
          openAmount(a.fee),
          a.sources.length,
          a.attribution.status,
          a.epoch === null ? 'not yet' : <a href={`#/payouts/${a.epoch}`}>epoch {a.epoch}</a>,
        ])}
        empty="No question has been answered yet. Ask one with: openledger ask"
      />
    </>
  )
}
