import { TensorContext, type Backend, type DeviceBuffer, type Tensor, type TensorType } from '@openledger/tensor'
import { fail } from '@openledger/protocol'

export type WeightSpec = { name: string; type: TensorType; shape: readonly number[] }

/** Named tensors with memory on one backend. Owned by the maker, who disposes it. */
export class WeightStore {
  private readonly context: TensorContext
  private readonly buffer: DeviceBuffer
  private readonly tensors = new Map<string, Tensor>()

  constructor(backend: Backend, specs: WeightSpec[]) {
    this.context = new TensorContext(backend.ggml, { tensors: specs.length + 1 })
    for (const spec of specs) this.tensors.set(spec.name, this.context.tensor(spec.type, spec.shape))
    this.buffer = backend.allocate(this.context)
  }

  get bytes(): number {
    return this.buffer.bytes
  }

  has(name: string): boolean {
    return this.tensors.has(name)
  }

  get(name: string): Tensor {
    return this.tensors.get(name) ?? fail('WEIGHT_MISSING', `the model has no tensor ${name}`, { fix: 'check that the file is a complete Llama-family model' })
  }

  dispose(): void {
    this.buffer.dispose()
    this.context.dispose()
  }
}
