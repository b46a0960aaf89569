import type { DatanetView } from '@openledger/sdk'
import { Hash } from '../parts/Hash.tsx'
import { Table } from '../parts/Table.tsx'
import { useResource } from '../state/useResource.ts'

/** All datanets, with what became of their records and who contributed. */
export function Datanets() {
  const { value, error } = useResource<{ items: DatanetView[] }>('/api/datanets')
  if (!value) return <p class={error ? 'error' : 'quiet'}>{error ?? 'loading'}</p>
  if (value.items.length === 0) return <p class="quiet">No datanet yet. Create one with: openledger datanet create</p>
  return (
    <>
      {value.items.map((d) => (
        <section class="card">
          <h3>
            <a href={`#/datanets/${d.id}`}>{d.name}</a>
          </h3>
          <p>{d.description}</p>
          <p class="quiet">
            {d.records.accepted} accepted, {d.records.review} in review, {d.records.rejected} rejected, {d.records.duplicate} duplicates,{' '}
            {d.records.revoked} revoked. Latest snapshot {d.latestSnapshot ? <Hash value={d.latestSnapshot} /> : 'none'}
          </p>
          <Table
            headings={['contributor', 'address', 'records', 'accepted']}
            rows={d.contributors.map((c) => [c.name ?? '', <Hash value={c.address} />, c.records, c.accepted])}
            empty="Nobody has contributed yet."
          />
        </section>
      ))}
    </>
  )
}
