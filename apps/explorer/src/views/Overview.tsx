import type { StatusView } from '@openledger/sdk'
import { openAmount } from '../parts/format.ts'
import { Hash } from '../parts/Hash.tsx'
import { feed } from '../state/live.ts'
import { useResource } from '../state/useResource.ts'
import { Ask } from './Ask.tsx'

/** The loop with its counts, an ask box, the latest events and the money totals. */
export function Overview() {
  const { value, error } = useResource<StatusView>('/api/status')
  if (!value) return <p class={error ? 'error' : 'quiet'}>{error ?? 'loading'}</p>
  const { counts, totals, chain } = value
  const stages = [
    ['contribute', counts.records, 'records', 'datanets'],
    ['seal', counts.snapshots, 'snapshots', 'datanets'],
    ['train', counts.runs, 'runs', 'adapters'],
    ['publish', counts.adapters, 'adapters', 'adapters'],
    ['deploy', counts.deployments, 'deployments', 'adapters'],
    ['generate', counts.receipts, 'answers', 'answers'],
    ['settle', counts.epochs, 'epochs', 'payouts'],
    ['claim', counts.claims, 'claims', 'payouts'],
  ] as const
  return (
    <>
      <ul class="loop">
        {stages.map(([verb, count, noun, place]) => (
          <li>
            <a href={`#/${place}`}>
              {verb}
              <b>{count}</b>
              <span>{noun}</span>
            </a>
          </li>
        ))}
      </ul>
      <Ask />
      <div class="cards">
        <section class="card">
          <h3>Money</h3>
          <dl>
            <dt>paid for answers</dt>
            <dd>{openAmount(totals.fees)}</dd>
            <dt>settled in epochs</dt>
            <dd>{openAmount(totals.settled)}</dd>
            <dt>claimed</dt>
            <dd>{openAmount(totals.claimed)}</dd>
          </dl>
        </section>
        <section class="card">
          <h3>Chain and node</h3>
          <dl>
            <dt>chain</dt>
            <dd>
              {chain.chainId}, block {chain.block} {chain.reachable ? '' : <b class="error">not reachable</b>}
            </dd>
            <dt>indexed</dt>
            <dd>to block {chain.indexedBlock}</dd>
            <dt>node</dt>
            <dd>
              <Hash value={value.node} />
            </dd>
            <dt>gateway</dt>
            <dd>
              <Hash value={value.gateway} />
            </dd>
          </dl>
        </section>
        <section class="card">
          <h3>As it happens</h3>
          {feed.value.length === 0 && <p class="quiet">Nothing has happened since this page was opened.</p>}
          <ul class="feed">
            {feed.value.slice(0, 8).map((event) => (
              <li>
                <span class="quiet">{new Date(event.at * 1000).toLocaleTimeString()}</span> {event.text}
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  )
}
