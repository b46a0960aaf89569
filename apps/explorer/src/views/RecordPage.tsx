import type { RecordView } from '@openledger/sdk'
import { clockTime, shortHash } from '../parts/format.ts'
import { Hash } from '../parts/Hash.tsx'
import { Table } from '../parts/Table.tsx'
import { useResource } from '../state/useResource.ts'

/** How a copy was found, for readers. */
const foundHow: Record<string, string> = {
  exact: 'the same letters',
  near: 'nearly the same letters',
  covered: 'long passages shared',
  reworded: 'the same words',
  paraphrase: 'the model learns the same',
  sealed: 'found at sealing',
}

/** One record: what it says, whose it is, and everything that happened to it. */
export function RecordPage({ id }: { id: string }) {
  const { value, error } = useResource<RecordView>(`/api/records/${id}`)
  if (!value) return <p class={error ? 'error' : 'quiet'}>{error ?? 'loading'}</p>
  return (
    <section class="card">
      <h3>{value.prompt}</h3>
      <p>{value.completion}</p>
      <dl>
        <dt>record</dt>
        <dd>
          <Hash value={value.id} />
        </dd>
        <dt>contributor</dt>
        <dd>
          <Hash value={value.contributor} />
        </dd>
        <dt>contribution</dt>
        <dd>
          <Hash value={value.contributionId} />
        </dd>
        <dt>licence</dt>
        <dd>{value.licence}</dd>
        <dt>status</dt>
        <dd>{value.status}</dd>
        {value.copyOf && (
          <>
            <dt>copy of</dt>
            <dd>
              <a href={`#/records/${value.copyOf.recordId}`}>{shortHash(value.copyOf.recordId)}</a> ({foundHow[value.copyOf.method] ?? value.copyOf.method}, {Math.round(100 * value.copyOf.similarity)} %): run{' '}
              {value.copyOf.run} gave it no training weight
            </dd>
          </>
        )}
        {value.copies > 0 && (
          <>
            <dt>copies</dt>
            <dd>{value.copies} later records say the same; this one was committed first</dd>
          </>
        )}
        {value.appeal && (
          <>
            <dt>no copy</dt>
            <dd>
              {value.appeal.by} decided so on {clockTime(value.appeal.at)}: {value.appeal.reason}
            </dd>
          </>
        )}
      </dl>
      <h2>History</h2>
      <Table headings={['when', 'from', 'to', 'by', 'reason']} rows={value.history.map((h) => [clockTime(h.at), h.from ?? '', h.to, h.by, h.reason])} empty="No history." />
    </section>
  )
}
