import type { AdapterView, DeploymentView, RunView } from '@openledger/sdk'
import { openAmount, percent } from '../parts/format.ts'
import { Hash } from '../parts/Hash.tsx'
import { LossCurve } from '../parts/LossCurve.tsx'
import { Table } from '../parts/Table.tsx'
import { useResource } from '../state/useResource.ts'

function RunCard({ run }: { run: RunView }) {
  const loss = (value: number | null): string => (value === null ? '–' : value.toFixed(3))
  return (
    <section class="card">
      <h3>{run.name}</h3>
      <LossCurve losses={run.losses} base={run.baseLoss} />
      <dl>
        <dt>status</dt>
        <dd>
          {run.status}, step {run.step} of {run.steps}
          {run.status === 'running' && `, ${Math.round(run.tokensPerSecond)} tokens/s, ${Math.round(run.etaSeconds ?? 0)} s left`}
        </dd>
        <dt>loss on its records</dt>
        <dd>
          base {loss(run.baseLoss)}, tuned {loss(run.tunedLoss)} nats a token
        </dd>
        {run.adapterId && <dt>adapter</dt>}
        {run.adapterId && (
          <dd>
            <Hash value={run.adapterId} />
          </dd>
        )}
        {run.error && <dt>error</dt>}
        {run.error && <dd class="error">{run.error}</dd>}
      </dl>
    </section>
  )
}

/** Training runs with their curves, the adapters they made, and where those are deployed at what price. */
export function Adapters() {
  const runs = useResource<{ items: RunView[] }>('/api/runs')
  const adapters = useResource<{ items: AdapterView[] }>('/api/adapters')
  const deployments = useResource<{ items: DeploymentView[] }>('/api/deployments')
  return (
    <>
      <h2>Runs</h2>
      {runs.value?.items.length === 0 && <p class="quiet">No training run yet. Start one with: openledger train</p>}
      <div class="cards">
        {(runs.value?.items ?? []).map((run) => (
          <RunCard run={run} />
        ))}
      </div>
      <h2>Adapters</h2>
      <Table
        headings={['name', 'adapter', 'base', 'trainer', 'snapshots', 'licence', 'revoked records']}
        rows={(adapters.value?.items ?? []).map((a) => [
          a.name,
          <Hash value={a.id} />,
          <Hash value={a.baseId} />,
          <Hash value={a.trainer} />,
          a.snapshotIds.map((s) => <Hash value={s} />),
          a.licence,
          a.revokedRecords === 0 ? 'none' : `${a.revokedRecords}${a.freezeAt === null ? '' : `, frozen from ${new Date(a.freezeAt * 1000).toISOString().slice(0, 10)} on`}`,
        ])}
        empty="No adapter is published."
      />
      <h2>Deployments</h2>
      <Table
        headings={['model', 'in / 1,000 tokens', 'out / 1,000 tokens', 'node', 'owner', 'stakers', 'contributors']}
        rows={(deployments.value?.items ?? []).map((d) => [
          d.model,
          openAmount(d.inputPrice),
          openAmount(d.outputPrice),
          percent(d.split.nodePpm),
          percent(d.split.ownerPpm),
          percent(d.split.stakersPpm),
          percent(d.split.contributorsPpm),
        ])}
        empty="Nothing is deployed."
      />
    </>
  )
}
