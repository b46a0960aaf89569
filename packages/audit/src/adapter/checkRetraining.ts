import path from 'node:path'
import { buildInfluenceTable, byAtom, measureHeldOut, measureResponses, planCounterfactuals, readInfluenceTable, splitHeldOut, type CounterfactualPlan, type HeldOutLosses, type SnapshotCorpus } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import { fullAdapterRecipe } from '@openledger/engine'
import { digestOfCid, type Json, type RunManifest } from '@openledger/protocol'
import type { AuditEngine } from '../engine/AuditEngine.ts'
import { expectEqual, Skipped } from '../report/Auditor.ts'

type Recipe = Parameters<AuditEngine['host']['train']>[0]['recipe']

/** The details that the table must have: as claimed, but for what follows from the plan. How well the method had been measured is said about the method, not by this training. */
function detailsOf(claimed: Json, plan: CounterfactualPlan, heldOut: HeldOutLosses | undefined): Json {
  const { groups: _, heldOut: __, method, ...others } = claimed as { [name: string]: Json }
  const own = Object.entries(plan.parameters).filter(([name]) => !name.startsWith('lds'))
  return { ...others, ...(heldOut && { heldOut }), ...(method === undefined ? {} : { method: { ...(method as { [name: string]: Json }), ...Object.fromEntries(own) } }) }
}

/**
 * Trains the adapter and its counterfactuals again from snapshot and recipe and compares adapter and influence table bit for bit. Only within the run's numerics
 * profile; under another one the bits may differ honestly.
 */
export async function checkRetraining(
  manifest: RunManifest,
  corpus: SnapshotCorpus,
  content: ContentStore,
  engine: AuditEngine,
  onProgress?: (step: number, steps: number) => void,
): Promise<string | Skipped> {
  if (engine.info.profileHash !== manifest.run.statement.profileHash) return new Skipped('this machine computes under another numerics profile')
  const claimed = readInfluenceTable(await content.get(manifest.influenceTable))
  const recipe = manifest.recipe as Recipe
  const plan = planCounterfactuals({ contributors: corpus.contributors, weights: corpus.weights, method: claimed.method, seed: fullAdapterRecipe(recipe).seed })
  const split = splitHeldOut(corpus, plan.method)
  const examples = byAtom(split.trained, plan)
  const trainings = 1 + plan.coalitions.length
  const result = await engine.host.train(
    { examples, recipe, contributors: plan.atoms.length, outputFolder: path.join(engine.folder, 'retrained') },
    { onProgress: (p) => onProgress?.(p.step, p.steps * trainings) },
  )
  expectEqual('retrained adapter', manifest.run.statement.adapterId, result.adapterId)
  const { adapterId, baseId } = manifest.run.statement
  const responses = await measureResponses({ engine: engine.host, plan, examples, recipe, full: result, onProgress: (p) => onProgress?.(result.steps * (1 + p.done), result.steps * trainings) })
  const judged = split.heldOut.length > 0 ? await measureHeldOut({ engine: engine.host, shape: result.recipe, weights: result.weights, responses, heldOut: byAtom(split.heldOut, plan) }) : undefined
  const table = buildInfluenceTable(responses, { method: plan.method, adapterId, baseId, atoms: plan.atoms, details: detailsOf(claimed.details, plan, judged) })
  expectEqual('influence table of the retraining', digestOfCid(manifest.influenceTable), table.hash)
  return `${result.steps} steps and ${plan.coalitions.length} counterfactuals gave the same adapter and the same table, bit for bit`
}
