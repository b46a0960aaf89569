import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { GradientWorker, type GradientWork, type LossSum } from './GradientWorker.ts'
import { startThread } from '../threads/startThread.ts'

/**
 * Computes the parts of a training step in one or more threads. Which thread computes a part does not change its bytes,
 * and the parts are added in their order, so the result does not depend on the number of threads.
 */
export class GradientPool {
  private readonly work: GradientWork
  private readonly own: GradientWorker | undefined
  private readonly threads: Worker[]

  /** @param workers 1 computes in the calling thread; more start worker threads, which need all arrays in shared memory */
  constructor(work: GradientWork, workers: number) {
    this.work = work
    const count = Math.min(workers, work.plan.accumulate)
    this.own = count <= 1 ? new GradientWorker(work) : undefined
    this.threads = count <= 1 ? [] : Array.from({ length: count }, () => startThread(new URL('./gradientThread.ts', import.meta.url), work))
  }

  /** Computes the gradient of one step into `gradient`; returns its mean loss. */
  async step(step: number, gradient: Float32Array): Promise<number> {
    const { slots } = this.work
    const all = slots.map((_, part) => part)
    let losses: LossSum[]
    if (this.own) losses = this.own.run(step, all)
    else {
      losses = []
      const shares = this.threads.map((_, t) => all.filter((part) => part % this.threads.length === t))
      const answers = await Promise.all(this.threads.map((thread, t) => ask<LossSum[]>(thread, { step, parts: shares[t] })))
      shares.forEach((share, t) => share.forEach((part, i) => (losses[part] = answers[t][i])))
    }
    gradient.set(slots[0])
    for (const slot of slots.slice(1)) for (let i = 0; i < slot.length; i++) gradient[i] += slot[i]
    return losses.reduce((sum, l) => sum + l.sum, 0) / losses.reduce((sum, l) => sum + l.weight, 0)
  }

  /** Mean loss on the evaluation split; undefined without one. */
  async evaluate(): Promise<number | undefined> {
    return this.own ? this.own.evaluate() : ask<number | undefined>(this.threads[0], 'evaluate')
  }

  async dispose(): Promise<void> {
    this.own?.dispose()
    await Promise.all(this.threads.map((thread) => thread.terminate()))
  }
}

async function ask<Answer>(thread: Worker, question: unknown): Promise<Answer> {
  thread.postMessage(question)
  const [answer] = (await once(thread, 'message')) as [Answer]
  return answer
}
