import type { EpochView } from '@openledger/sdk'
import { clockTime, openAmount } from '../parts/format.ts'
import { Hash } from '../parts/Hash.tsx'
import { useResource } from '../state/useResource.ts'

/** One epoch: its roots, its file, and the command that checks it. */
export function EpochPage({ id }: { id: string }) {
  const { value, error } = useResource<EpochView>(`/api/epochs/${id}`)
  if (!value) return <p class={error ? 'error' : 'quiet'}>{error ?? 'loading'}</p>
  const hashes = { 'receipts root': value.receiptsRoot, 'lines root': value.linesRoot, 'balances root': value.balancesRoot, 'file hash': value.dataHash, transaction: value.transaction }
  return (
    <section class="card">
      <h3>Epoch {value.index}</h3>
      <dl>
        <dt>receipts</dt>
        <dd>{value.receipts}</dd>
        <dt>lines</dt>
        <dd>{value.lines}</dd>
        <dt>total</dt>
        <dd>{openAmount(value.total)}</dd>
        <dt>posted</dt>
        <dd>{clockTime(value.postedAt)}</dd>
        <dt>final</dt>
        <dd>{value.final ? 'yes' : `at ${clockTime(value.finalAt)}`}</dd>
        {Object.entries(hashes).map(([name, hash]) => [
          <dt>{name}</dt>,
          <dd>
            <Hash value={hash} />
          </dd>,
        ])}
        <dt>file</dt>
        <dd>
          <a href={`/api/content/${value.cid}`}>{value.cid}</a>
        </dd>
        <dt>check it</dt>
        <dd>
          <code>openledger audit epoch {value.index}</code>
        </dd>
      </dl>
    </section>
  )
}
