import type { AdapterRecipe, TrainingExample } from '@openledger/engine'
import { responsesOfPlan, type CounterfactualPlan, type FullRun } from './planCounterfactuals.ts'

type TogetherRequest = { examples: readonly TrainingExample[]; recipe: Partial<AdapterRecipe>; coalitions: readonly { weights: readonly number[] }[]; subsample?: number; checkpointDir?: string }
type TogetherProgress = { step: number; steps: number; etaSeconds: number }

/** What trains coalitions; an EngineHost does. */
export type CounterfactualEngine = {
  trainTogether(request: TogetherRequest, options: { onProgress?: (progress: TogetherProgress) => void; signal?: AbortSignal }): Promise<{ adapters: Float32Array[] }>
}

/** Where finished parts are kept, so that a run that was cut off goes on; absent: nowhere. */
export type CounterfactualStore = {
  /** The adapters of a part; undefined when it was not finished. */
  read(part: number): Promise<Float32Array[] | undefined>
  write(part: number, adapters: readonly Float32Array[]): Promise<void>
  /** A folder for the checkpoints of a part in progress. */
  checkpoints(part: number): string
}

export type MeasureInput = {
  engine: CounterfactualEngine
  plan: CounterfactualPlan
  /** By atom (`byAtom`), as the adapter was trained on. */
  examples: readonly TrainingExample[]
  /** The whole recipe that the adapter was trained by. */
  recipe: Partial<AdapterRecipe>
  full: FullRun
  store?: CounterfactualStore
  /** Counterfactuals trained at once; their bytes do not depend on it. Default: as many as fit 512 MiB, at most 32. */
  atOnce?: number
  onProgress?: (progress: CounterfactualProgress) => void
  signal?: AbortSignal
}

/** How many counterfactual adapters are trained; those trained at once advance together. */
export type CounterfactualProgress = { done: number; total: number; etaSeconds: number }

const memoryBytes = 2 ** 29
/** Parameters, gradient, two moments, and a checkpoint's copy. */
const bytesPerParameter = 20
const mostAtOnce = 32

/**
 * Trains the counterfactuals of a plan, part by part, and gives r_a per atom (flat, new arrays).
 * @throws errors of the engine (TRAINING_STOPPED by the signal) and of the store
 */
export async function measureResponses({ engine, plan, examples, recipe, full, store, onProgress, signal, ...rest }: MeasureInput): Promise<Float32Array[]> {
  const { coalitions, subsample } = plan
  const atOnce = rest.atOnce ?? Math.max(1, Math.min(mostAtOnce, Math.floor(memoryBytes / (bytesPerParameter * full.weights.length))))
  const total = coalitions.length
  async function* adapters(): AsyncGenerator<Float32Array> {
    for (let part = 0; part * atOnce < total; part++) {
      const wanted = coalitions.slice(part * atOnce, (part + 1) * atOnce)
      const before = part * atOnce
      const report = ({ step, steps, etaSeconds }: TogetherProgress): void => {
        const left = total - before - wanted.length
        const perAdapter = step > 0 && step < steps ? (etaSeconds / (1 - step / steps)) / wanted.length : 0
        onProgress?.({ done: before + Math.floor((wanted.length * step) / steps), total, etaSeconds: etaSeconds + left * perAdapter })
      }
      const known = await store?.read(part)
      if (known) {
        onProgress?.({ done: before + wanted.length, total, etaSeconds: 0 })
        yield* known
        continue
      }
      const { adapters: found } = await engine.trainTogether({ examples, recipe, coalitions: wanted, subsample, checkpointDir: store?.checkpoints(part) }, { onProgress: report, signal })
      await store?.write(part, found)
      yield* found
    }
  }
  return responsesOfPlan(plan, full, adapters())
}
