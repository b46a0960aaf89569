import { rm, readFile } from 'node:fs/promises'
import path from 'node:path'
import { buildInfluenceTable, byAtom, encodeInfluenceTable, measureHeldOut, measureResponses, planCounterfactuals, publishSpanIndex, snapshotCorpus, splitHeldOut } from '@openledger/attribution'
import { readSnapshotFile, type ContentStore, type SnapshotRecord } from '@openledger/datanet'
import { epochsFor, fullAdapterRecipe, type TrainingProgress } from '@openledger/engine'
import { fail, hashJson, toJson, type Hex, type Json, type TrainingRun } from '@openledger/protocol'
import type { Query } from '../database/Database.ts'
import { openEngine, type EngineSettings } from '../engine/Engine.ts'
import { clusterRecords } from './clusterRecords.ts'
import { counterfactualStore } from './counterfactualStore.ts'
import { adapterLicence, type RunRequest, type RunResult } from './RunRequest.ts'

export type TrainRunInput = {
  request: RunRequest
  query: Query
  content: ContentStore
  settings: EngineSettings
  /** Checkpoints and the adapter's folder; kept while the run is not finished. */
  folder: string
  onProgress: (progress: RunStep) => void
  signal: AbortSignal
}

/** How far a run is: after its last step its counterfactuals follow. */
export type RunStep = Pick<TrainingProgress, 'step' | 'steps' | 'loss' | 'tokensPerSecond' | 'etaSeconds'> & { counterfactuals?: { done: number; total: number } }

type Source = RunResult['snapshots'][number]

async function readSource(query: Query, content: ContentStore, snapshotId: Hex): Promise<{ source: Source; records: SnapshotRecord[] }> {
  const [row] = await query<{ cid: string }>(`select cid from snapshots where id = $1`, [snapshotId])
  if (!row) return fail('UNKNOWN_SNAPSHOT', `the file of snapshot ${snapshotId} is not here`, { status: 404 })
  const { records } = readSnapshotFile(await content.get(row.cid))
  const contributions: Source['contributions'] = []
  for (const contributionId of new Set(records.map((r) => r.contributionId))) {
    const [bundle] = await query<{ cid: string }>(`select cid from contributions where id = $1`, [contributionId])
    if (!bundle) return fail('UNKNOWN_CONTRIBUTION', `the bundle of contribution ${contributionId} is not here`, { status: 404 })
    contributions.push({ contributionId, cid: bundle.cid })
  }
  return { source: { snapshotId, cid: row.cid, contributions }, records }
}

/** What one of several counterfactuals takes of the time of one training, about: they are computed in joint graphs. */
const counterfactualPart = 0.4

/** The time that all steps of a training take, by what is left of it, seconds. */
const wholeOf = ({ step, steps, etaSeconds }: TrainingProgress): number => (step < steps ? (etaSeconds * steps) / (steps - step) : 0)

/** The seed as the training statement carries it. */
const seedHash = (seed: number): Hex => `0x${seed.toString(16).padStart(64, '0')}`

/**
 * Trains an adapter on sealed snapshots in an engine of its own and keeps all that an auditor needs. Killed and called again with the
 * same folder, it goes on from the last checkpoint and gives the same bytes.
 * @throws errors of the engine (`TRAINING_*`, `EXAMPLE_*`), of the content store, UNKNOWN_SNAPSHOT
 */
export async function trainRun({ request, query, content, settings, folder, onProgress, signal }: TrainRunInput): Promise<RunResult & { adapterId: Hex }> {
  const asked = fullAdapterRecipe(request.recipe)
  const sources: Source[] = []
  const records: SnapshotRecord[] = []
  for (const id of request.snapshotIds) {
    const read = await readSource(query, content, id)
    sources.push(read.source)
    records.push(...read.records)
  }
  const { engine, info } = await openEngine(settings, settings.training ?? {})
  try {
    const tokenizer = {
      endOfTurn: info.eos,
      tokenize: (text: string) => engine.tokenize(text, { addSpecial: false }),
      encodeChat: (messages: readonly { role: string; content: string }[], open: boolean) => engine.encodeChat(messages, open),
    }
    const maxLength = Math.min(asked.maxLength, info.config.context) + 1
    const clustered = await clusterRecords({ records, query, content, tokenizer, engine, maxLength, signal })
    const corpus = await snapshotCorpus(clustered.records, tokenizer, asked.maxLength + 1)
    const isTimed = request.recipe.epochs !== undefined || request.recipe.steps !== undefined
    const recipe = isTimed ? asked : { ...asked, epochs: epochsFor(corpus.examples.length, asked.batchSize) }
    const output = path.join(folder, 'adapter')
    const { contributors, weights } = corpus
    const plan = planCounterfactuals({ contributors, weights, method: request.method, seed: recipe.seed })
    const split = splitHeldOut(corpus, plan.method)
    const examples = byAtom(split.trained, plan)
    const total = plan.coalitions.length
    const trained = await engine.train(
      { examples, recipe, contributors: plan.atoms.length, checkpointDir: folder, outputFolder: output },
      { onProgress: (p) => onProgress(total > 0 ? { ...p, counterfactuals: { done: 0, total }, etaSeconds: p.etaSeconds + counterfactualPart * total * wholeOf(p) } : p), signal },
    )
    const { adapterId } = trained
    const done = { step: trained.steps, steps: trained.steps, loss: trained.losses.at(-1) ?? 0 }
    const responses = await measureResponses({
      ...{ engine, plan, examples, recipe, full: trained, store: counterfactualStore(folder, trained.weights.length), signal },
      onProgress: ({ etaSeconds, ...counterfactuals }) => onProgress({ ...done, counterfactuals, etaSeconds, tokensPerSecond: 0 }),
    })
    const heldOut = split.heldOut.length > 0 ? await measureHeldOut({ engine, shape: trained.recipe, weights: trained.weights, responses, heldOut: byAtom(split.heldOut, plan) }) : undefined
    const details = { method: plan.parameters, ...(heldOut && { heldOut }) }
    const table = buildInfluenceTable(responses, { method: plan.method, adapterId, baseId: info.id, atoms: plan.atoms, details })
    const file = async (name: string): Promise<string> => content.put(await readFile(path.join(output, name)))
    const metrics = { losses: trained.losses, lossBase: trained.lossBase, lossFinal: trained.lossFinal, steps: trained.steps }
    const recipeJson = toJson(trained.recipe)
    const run: TrainingRun = {
      trainer: request.trainer,
      baseId: info.id,
      snapshotIds: request.snapshotIds,
      recipeHash: hashJson(recipeJson),
      profileHash: info.profileHash,
      seed: seedHash(trained.recipe.seed),
      adapterId,
      metricsHash: hashJson(metrics),
      licence: request.licence ?? adapterLicence,
    }
    const result: RunResult & { adapterId: Hex } = {
      adapterId,
      run: toJson(run) as Json,
      recipe: recipeJson,
      profile: info.profile,
      metrics,
      snapshots: sources,
      adapter: { config: await file('adapter_config.json'), tensors: await file('adapter_model.safetensors') },
      influenceTable: await content.put(encodeInfluenceTable(table)),
      spanIndex: await publishSpanIndex(corpus.spanRecords, corpus.contributors, content),
      clusters: clustered.clusters,
    }
    return result
  } finally {
    await engine.close()
  }
}

/** Removes what a finished run left behind. */
export async function clearRunFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}
