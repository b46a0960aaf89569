import type { ShapingRecordsView } from '@openledger/sdk'
import { useState } from 'preact/hooks'
import { Hash } from '../parts/Hash.tsx'
import { Table } from '../parts/Table.tsx'
import { getJson } from '../state/api.ts'

type Shown = { value: ShapingRecordsView | null; error: string | null; asked: boolean }

/** The records that taught the model something like an answer; asked for by a button, since the node compares gradients for it. */
export function ShapingRecords({ id }: { id: string }) {
  const [{ value, error, asked }, setShown] = useState<Shown>({ value: null, error: null, asked: false })
  const ask = (): void => {
    setShown({ value: null, error: null, asked: true })
    getJson<ShapingRecordsView>(`/api/receipts/${id}/records`).then(
      (found) => setShown({ value: found, error: null, asked: true }),
      (cause: Error) => setShown({ value: null, error: cause.message, asked: true }),
    )
  }
  return (
    <section class="card" id="records">
      <h3>Records like it</h3>
      {value ? (
        <>
          <Table
            headings={['record', 'contributor', 'likeness', 'question', 'answer']}
            rows={value.items.map((r) => [<a href={`#/records/${r.recordId}`}>{r.recordId.slice(0, 10)}</a>, r.name ?? <Hash value={r.contributor} />, r.cosine.toFixed(2), r.prompt, r.completion])}
            empty="No record of this model is near."
          />
          <p class="quiet">
            {value.exact ? 'Likeness: cosine of the gradients of record and answer.' : 'By fingerprints alone, since answers wait to be attributed.'} They explain; nothing is paid by them.
          </p>
        </>
      ) : error ? (
        <p class="error">{error}</p>
      ) : asked ? (
        <p class="quiet">comparing gradients</p>
      ) : (
        <button onClick={ask}>Which records taught it something like this?</button>
      )}
    </section>
  )
}
