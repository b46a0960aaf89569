import { Backend, loadGgml } from '@openledger/tensor'
import { FullModel } from './FullModel.ts'
import type { TrainingGraph } from './graph/TrainingGraph.ts'
import type { FullShape } from './ModelShape.ts'
import { PretrainingRows } from './PretrainingRows.ts'
import type { PretrainRecipe } from './PretrainRecipe.ts'

/** What a gradient worker shares with the trainer: all arrays may lie in shared memory. */
export type GradientWork = {
  shape: FullShape
  plan: PretrainRecipe
  tokens: Uint16Array | Uint32Array
  evaluation: Uint16Array | Uint32Array | undefined
  documentStart: number | undefined
  /** Flat weights, read before each step. */
  weights: Float32Array
  /** One gradient per part of a step, written by whoever computes the part. */
  slots: Float32Array[]
}

/** Sum of weighted losses, and of the weights. */
export type LossSum = { sum: number; weight: number }

/** Computes the gradients of parts of a step; parts are independent, so several workers can share a step. */
export class GradientWorker {
  private readonly work: GradientWork
  private readonly backend: Backend
  private readonly model: FullModel
  private readonly graph: TrainingGraph
  private readonly rows: PretrainingRows
  private readonly evaluationRows: PretrainingRows | undefined

  constructor(work: GradientWork) {
    const { plan } = work
    this.work = work
    this.rows = new PretrainingRows(work.tokens, plan.length, plan.seed, work.documentStart)
    this.evaluationRows = work.evaluation && new PretrainingRows(work.evaluation, plan.length, plan.seed, work.documentStart)
    this.backend = new Backend(loadGgml(), plan.threads)
    this.model = new FullModel(this.backend, work.shape, work.weights, plan.precision)
    this.graph = this.model.graph({ length: plan.length, rows: plan.microRows, supervised: 0 }, { ownMasks: true })
  }

  /** Computes the given parts of a step with the present weights, into their slots. */
  run(step: number, parts: number[]): LossSum[] {
    const { plan, slots } = this.work
    this.model.upload()
    const rowsPerStep = plan.microRows * plan.accumulate
    return parts.map((part) => {
      const loss = this.lossOf(this.rows, step * rowsPerStep + part * plan.microRows, rowsPerStep * plan.length)
      this.model.collect(this.graph, slots[part])
      return loss
    })
  }

  /** Mean loss over at most eight batches of the evaluation split; undefined without one. */
  evaluate(): number | undefined {
    const { evaluationRows } = this
    const { microRows } = this.work.plan
    if (evaluationRows === undefined) return undefined
    this.model.upload()
    const batches = Math.max(1, Math.min(8, Math.floor(evaluationRows.count / microRows)))
    const total = { sum: 0, weight: 0 }
    for (let i = 0; i < batches; i++) {
      const loss = this.lossOf(evaluationRows, i * microRows, 1)
      total.sum += loss.sum
      total.weight += loss.weight
    }
    return total.sum / total.weight
  }

  dispose(): void {
    this.graph.dispose()
    this.model.dispose()
    this.backend.dispose()
  }

  private lossOf(rows: PretrainingRows, first: number, share: number): LossSum {
    const batch = rows.batch(first, this.work.plan.microRows, share)
    const p = this.graph.run(batch)
    let [sum, weight] = [0, 0]
    for (let i = 0; i < p.length; i++) {
      sum -= batch.weights[i] * Math.log(Math.max(p[i], 1e-38))
      weight += batch.weights[i]
    }
    return { sum, weight }
  }
}
