import type { ContentStore } from '@openledger/datanet'
import { fail, readArtefact, runManifestSchema, statementDomain, trainingRunSchema, verifyStatement, writeArtefact, type Hex, type ModelCommitment, type Network, type TrainingRun } from '@openledger/protocol'
import type { Query } from '../database/Database.ts'
import type { Ledger } from '../ledger/Ledger.ts'
import type { RunResult } from './RunRequest.ts'

export type PublicationParts = { network: Network; query: Query; ledger: Ledger; content: ContentStore; base: { commitment: ModelCommitment; name: string; cid: string | null } }

/** The result of a finished run; fails with UNKNOWN_RUN or RUN_NOT_DONE. */
export async function finishedRun(query: Query, id: string): Promise<{ run: TrainingRun; result: RunResult; manifest: string | null }> {
  const [row] = await query<{ status: string; result: RunResult | null; manifest: string | null }>(`select status, result, manifest from runs where id = $1`, [id])
  if (!row) return fail('UNKNOWN_RUN', 'no such run is known here', { status: 404 })
  if (!row.result) return fail('RUN_NOT_DONE', `the run is ${row.status}`, { status: 409, fix: 'wait until it is done' })
  return { run: readArtefact(trainingRunSchema, row.result.run as object), result: row.result, manifest: row.manifest }
}

/**
 * Publishes a finished run under its trainer's signature: writes the manifest that auditors read. The same again changes nothing.
 * @returns the manifest's content id
 * @throws ProofError BAD_SIGNATURE; InputError UNKNOWN_RUN, RUN_NOT_DONE
 */
export async function publishRun({ network, query, ledger, content, base }: PublicationParts, id: string, signature: Hex): Promise<{ manifest: string; adapterId: Hex }> {
  const { run, result, manifest: known } = await finishedRun(query, id)
  await verifyStatement(statementDomain(network.chainId, network.contracts.models), 'TrainingRun', run, signature, run.trainer)
  if (known) return { manifest: known, adapterId: run.adapterId }
  const { recipe, profile, metrics, snapshots, adapter, influenceTable, spanIndex, clusters } = result
  const document = {
    kind: 'openledger/run/1',
    run: { statement: run, signature },
    base: { ...base.commitment, name: base.name, cid: base.cid },
    ...{ recipe, profile, metrics, snapshots, adapter, influenceTable, spanIndex },
    ...(clusters === undefined ? {} : { clusters }),
  }
  const bytes = writeArtefact(document)
  readArtefact(runManifestSchema, bytes)
  const manifest = await content.put(bytes)
  await ledger.record('publication', { id, adapterId: run.adapterId, manifest })
  return { manifest, adapterId: run.adapterId }
}
