import type { RecordView } from '@openledger/sdk'
import { clockTime } from '../parts/format.ts'
import { Hash } from '../parts/Hash.tsx'
import { Table } from '../parts/Table.tsx'
import { useResource } from '../state/useResource.ts'

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
      </dl>
      <h2>History</h2>
      <Table headings={['when', 'from', 'to', 'by', 'reason']} rows={value.history.map((h) => [clockTime(h.at), h.from ?? '', h.to, h.by, h.reason])} empty="No history." />
    </section>
  )
}
