import { groupAtoms, readInfluenceTable, snapshotCorpus } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import {
  digestOfCid,
  hashJson,
  modelId,
  readArtefact,
  runManifestSchema,
  statementDigest,
  statementDomain,
  verifyStatement,
  type ConsentTerms,
  type Hex,
  type Network,
  type RunManifest,
} from '@openledger/protocol'
import type { ChainView } from '../chain/ChainView.ts'
import type { AuditEngine } from '../engine/AuditEngine.ts'
import { indexOf } from '../evidence/AttributionEvidence.ts'
import type { AuditedRun } from '../evidence/AuditedRun.ts'
import { type Auditor, expectEqual, falseClaim } from '../report/Auditor.ts'
import { checkClusters } from './checkClusters.ts'
import { checkLineage } from './checkLineage.ts'
import { checkTraining } from './checkTraining.ts'

export type LineageInput = { manifest: Uint8Array; content: ContentStore; chain: ChainView; network: Network; engine: AuditEngine }

/** The longest example that training takes, by the recipe; 256 when the recipe does not say. */
export function maxLengthOf(recipe: RunManifest['recipe']): number {
  const length = (recipe as { maxLength?: unknown } | null)?.maxLength
  return typeof length === 'number' ? length + 1 : 257
}

/** Runs every check of an adapter but retraining: statement, base, files, chain, lineage down to signatures, influence table, span index. */
export async function checkAdapter(auditor: Auditor, { manifest: bytes, content, chain, network, engine }: LineageInput): Promise<AuditedRun> {
  const manifest = readArtefact(runManifestSchema, bytes)
  const { statement: run, signature } = manifest.run
  const domain = statementDomain(network.chainId, network.contracts.models)
  const audited: AuditedRun = { manifest, records: [], revoked: new Map(), corpus: undefined }

  await auditor.check('training run', async () => {
    await verifyStatement(domain, 'TrainingRun', run, signature, run.trainer)
    expectEqual('recipe hash', run.recipeHash, hashJson(manifest.recipe))
    expectEqual('profile hash', run.profileHash, hashJson(manifest.profile))
    expectEqual('metrics hash', run.metricsHash, hashJson(manifest.metrics))
    expectEqual('snapshots', run.snapshotIds.join(), manifest.snapshots.map((s) => s.snapshotId).join())
    return `signed by ${run.trainer}`
  })
  await auditor.check('base model', async () => {
    const { weightHash, tokenizerHash, templateHash } = manifest.base
    expectEqual('base id', run.baseId, modelId({ weightHash, tokenizerHash, templateHash }))
    expectEqual('base at hand', run.baseId, engine.info.id)
    if (!(await chain.base(run.baseId))) falseClaim(`the chain knows no base ${run.baseId}`)
    return 'weights, tokenizer and template match its id'
  })
  await auditor.check('adapter files', async () => {
    expectEqual('adapter id', run.adapterId, await engine.loadAdapter(content, manifest.adapter))
    return 'tensors and configuration match its id'
  })
  await auditor.check('adapter on chain', async () => {
    const anchored = await chain.adapter(run.adapterId)
    if (!anchored) return falseClaim(`the chain knows no adapter ${run.adapterId}`)
    expectEqual('trainer on chain', anchored.trainer, run.trainer)
    expectEqual('base on chain', anchored.baseId, run.baseId)
    expectEqual('snapshots on chain', anchored.snapshotIds.join(), run.snapshotIds.join())
    expectEqual('run on chain', anchored.runId, statementDigest(domain, 'TrainingRun', run))
    return 'registered with this lineage'
  })
  let needed: ConsentTerms = 0
  await auditor.check('rights', async () => {
    const found = await checkTraining(run, (await chain.adapter(run.adapterId))!, chain)
    needed = found.needed
    return found.line
  })
  const committed = new Map<Hex, bigint>()
  await auditor.check('records', async () => {
    const { registeredAt, isPaidUseAllowed } = (await chain.adapter(run.adapterId))!
    for (const source of manifest.snapshots) {
      const { records, revoked, orders } = await checkLineage(source, { content, chain, network, needed, registeredAt })
      audited.records.push(...records)
      for (const [id, order] of orders) committed.set(id, order)
      for (const [id, time] of revoked) audited.revoked.set(id, time)
    }
    const since = audited.revoked.size > 0 ? `; ${audited.revoked.size} were revoked since` : ''
    return `${audited.records.length} records, each signed and anchored by its contributor, who allowed training${isPaidUseAllowed ? ' and sale' : ''}${since}`
  })
  const { clusters } = manifest
  if (clusters !== undefined) {
    await auditor.check('clusters', async () => {
      const { weighed, line } = await checkClusters(clusters, audited.records, committed, content)
      audited.records = weighed
      return line
    })
  }
  await auditor.check('span index', async () => {
    audited.corpus = await snapshotCorpus(audited.records, engine.tokenizer, maxLengthOf(manifest.recipe))
    const { hash, shards, firstSymbols } = await indexOf(audited, content)
    expectEqual('span index', digestOfCid(manifest.spanIndex), hash)
    return `rebuilt from the records, ${firstSymbols.at(-1)} symbols${shards.length > 1 ? ` in ${shards.length} shards` : ''}`
  })
  await auditor.check('influence table', async () => {
    const table = readInfluenceTable(await content.get(manifest.influenceTable))
    const corpus = audited.corpus!
    expectEqual('table', digestOfCid(manifest.influenceTable), table.hash)
    expectEqual('adapter of the table', run.adapterId, table.adapterId)
    expectEqual('base of the table', run.baseId, table.baseId)
    const { atoms } = groupAtoms(corpus.contributors, corpus.weights)
    expectEqual('contributors of the table', table.atoms.map((a) => a.contributor).join(), atoms.map((a) => a.contributor).join())
    expectEqual('training weights', table.atoms.map((a) => a.trainingWeight).join(), atoms.map((a) => a.trainingWeight).join())
    return `${corpus.contributors.length} contributors in ${atoms.length} atoms by ${table.method}`
  })
  return audited
}

