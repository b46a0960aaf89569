import type { Hex } from '@openledger/protocol'
import { type Backend, type DeviceBuffer, type Tensor, TensorContext, TensorType } from '@openledger/tensor'
import type { Adapter } from '../adapter/Adapter.ts'
import type { LinearModule } from '../model/weightShapes.ts'

/** Factors of one module on the backend: a [input, rank], b [rank, output], both F32. */
export type LoadedPair = { a: Tensor; b: Tensor; scale: number }

/** An adapter whose tensors the backend can compute with. The maker disposes it; disposing twice does nothing. */
export class LoadedAdapter {
  readonly id: Hex
  readonly layers: Partial<Record<LinearModule, LoadedPair>>[]
  readonly #context: TensorContext
  readonly #buffer: DeviceBuffer

  /** Copies the tensors of `adapter` into the backend's memory. @throws UnavailableError `OUT_OF_MEMORY` */
  constructor(adapter: Adapter, backend: Backend) {
    this.id = adapter.id
    const pairs = adapter.layers.reduce((count, layer) => count + Object.keys(layer).length, 0)
    this.#context = new TensorContext(backend.ggml, { tensors: 2 * pairs + 1 })
    this.layers = adapter.layers.map((modules) => {
      const loaded: Partial<Record<LinearModule, LoadedPair>> = {}
      for (const [module, pair] of Object.entries(modules)) {
        const a = this.#context.tensor(TensorType.F32, [pair.input, pair.rank])
        const b = this.#context.tensor(TensorType.F32, [pair.rank, pair.output])
        loaded[module as LinearModule] = { a, b, scale: pair.scale }
      }
      return loaded
    })
    this.#buffer = backend.allocate(this.#context).markWeights()
    adapter.layers.forEach((modules, layer) => {
      for (const [module, pair] of Object.entries(modules)) {
        const loaded = this.layers[layer]![module as LinearModule]!
        loaded.a.write(pair.a)
        loaded.b.write(pair.b)
      }
    })
  }

  /** Bytes in the backend's memory. */
  get bytes(): number {
    return this.#buffer.bytes
  }

  dispose(): void {
    this.#buffer.dispose()
    this.#context.dispose()
  }
}
