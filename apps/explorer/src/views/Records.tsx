import { useState } from 'preact/hooks'
import type { Page, RecordView } from '@openledger/sdk'
import { Hash } from '../parts/Hash.tsx'
import { Table } from '../parts/Table.tsx'
import { useResource } from '../state/useResource.ts'

/** The records of one datanet and each one's fate, page by page. */
export function Records({ id }: { id: string }) {
  const [cursors, setCursors] = useState<string[]>([])
  const cursor = cursors.at(-1)
  const { value, error } = useResource<Page<RecordView>>(`/api/datanets/${id}/records${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`)
  if (!value) return <p class={error ? 'error' : 'quiet'}>{error ?? 'loading'}</p>
  return (
    <>
      <h2>Records of datanet {id}</h2>
      <Table
        headings={['record', 'prompt', 'completion', 'contributor', 'status']}
        rows={value.items.map((r) => [
          <a href={`#/records/${r.id}`}>{r.id.slice(0, 10)}</a>,
          r.prompt,
          r.completion,
          <Hash value={r.contributor} />,
          r.status,
        ])}
        empty="No records."
      />
      <p>
        {cursors.length > 0 && (
          <button type="button" class="act" onClick={() => setCursors(cursors.slice(0, -1))}>
            Earlier
          </button>
        )}{' '}
        {value.next && (
          <button type="button" class="act" onClick={() => setCursors([...cursors, value.next ?? ''])}>
            More
          </button>
        )}
      </p>
    </>
  )
}
