import path from 'node:path'
import { buildInfluenceTable, type SnapshotCorpus } from '@openledger/attribution'
import type { RunManifest } from '@openledger/protocol'
import { digestOfCid } from '@openledger/protocol'
import type { AuditEngine } from '../engine/AuditEngine.ts'
import { expectEqual, Skipped } from '../report/Auditor.ts'

type Recipe = Parameters<AuditEngine['host']['train']>[0]['recipe']

/**
 * Trains the adapter again from its snapshot and recipe and compares adapter and influence table bit for bit. Only within the run's numerics
 * profile; under another one the bits may differ honestly.
 */
export async function checkRetraining(
  manifest: RunManifest,
  corpus: SnapshotCorpus,
  engine: AuditEngine,
  onProgress?: (step: number, steps: number) => void,
): Promise<string | Skipped> {
  if (engine.info.profileHash !== manifest.run.statement.profileHash) return new Skipped('this machine computes under another numerics profile')
  const result = await engine.host.train(
    { examples: corpus.examples, recipe: manifest.recipe as Recipe, contributors: corpus.contributors.length, outputFolder: path.join(engine.folder, 'retrained') },
    { onProgress: (p) => onProgress?.(p.step, p.steps) },
  )
  expectEqual('retrained adapter', manifest.run.statement.adapterId, result.adapterId)
  const { adapterId, baseId } = manifest.run.statement
  const atoms = corpus.contributors.map((contributor, i) => ({ contributor, trainingWeight: corpus.weights[i] ?? 0 }))
  const table = buildInfluenceTable(result.contributions, { method: 'trajectory', adapterId, baseId, atoms })
  expectEqual('influence table of the retraining', digestOfCid(manifest.influenceTable), table.hash)
  return `${result.steps} steps gave the same adapter and the same table, bit for bit`
}
