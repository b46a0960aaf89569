import { type Backend, TensorContext, TensorType } from '@openledger/tensor'
import { traitsOf } from './BackendTraits.ts'
import type { LoraCosts } from './LoraCosts.ts'

const known = new WeakMap<Backend, { threads: number; costs: LoraCosts }>()

/** The costs on a backend with its present number of threads, measured when first asked for; nothing where slots are gathered, which needs no choice. */
export function loraCostsOf(backend: Backend): LoraCosts {
  if (traitsOf(backend).arrangement === 'gathered') return { operation: 0, mebibyte: 0 }
  const kept = known.get(backend)
  if (kept?.threads === backend.threads) return kept.costs
  const costs = calibrateLora(backend)
  known.set(backend, { threads: backend.threads, costs })
  return costs
}

/** Sizes of the probes: enough small operations to see one, and more factors than the processor's caches hold. */
const operations = 256
const probeMebibytes = 48
const rounds = 5

/**
 * Measures what the parts of a mixed product cost on a backend, in about a tenth of a second.
 * @param now milliseconds, rising
 */
export function calibrateLora(backend: Backend, now: () => number = () => performance.now()): LoraCosts {
  return {
    operation: (fastest(backend, now, smallOperations) * 1000) / operations,
    mebibyte: (fastest(backend, now, streamedFactors) * 1000) / probeMebibytes,
  }
}

type Probe = (context: TensorContext) => ReturnType<TensorContext['tensor']>

/** Changes of one row by one small adapter, one after another: hardly more than the cost of starting an operation. */
const smallOperations: Probe = (context) => {
  const { ops } = context
  const [width, rank, rows] = [64, 4, 2]
  const factors = context.tensor(TensorType.F32, [width, rank])
  let x = context.tensor(TensorType.F32, [width, rows])
  for (let index = 0; index < operations; index += 4) {
    const row = ops.view2d(x, width, 1, width * 4, 0)
    const inner = ops.mulMat(factors, ops.reshape3d(row, width, 1, 1))
    const change = ops.outProd(factors, ops.transpose(ops.reshape2d(inner, rank, 1)))
    x = ops.accInplace(x, change, width * 4, width * 4 * rows, width * 4 * rows, 0)
  }
  return x
}

/** The product of one row with each of many factors, as a run of adapters computes it. */
const streamedFactors: Probe = (context) => {
  const [width, rank] = [1024, 8]
  const slots = (probeMebibytes * 2 ** 20) / (width * rank * 4)
  const factors = context.tensor(TensorType.F32, [width, rank, slots])
  return context.ops.outProd(factors, context.tensor(TensorType.F32, [1, rank, slots]))
}

/** Milliseconds of the fastest of a few runs of a probe. */
function fastest(backend: Backend, now: () => number, probe: Probe): number {
  const context = new TensorContext(backend.ggml, { tensors: 4 * operations, graphs: [4 * operations] })
  const graph = context.graph(4 * operations).expand(probe(context))
  const memory = backend.allocate(context).clear()
  try {
    let best = Infinity
    for (let round = 0; round < rounds; round++) {
      const started = now()
      backend.compute(graph)
      best = Math.min(best, now() - started)
    }
    return best
  } finally {
    memory.dispose()
    context.dispose()
  }
}
