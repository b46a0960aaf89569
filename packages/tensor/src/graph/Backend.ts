import { InputError, UnavailableError } from '@openledger/protocol'
import type { Pointer } from '../library/bindFunctions.ts'
import type { Ggml } from '../library/Ggml.ts'
import { DeviceBuffer } from './DeviceBuffer.ts'
import type { Graph } from './Graph.ts'
import { GraphAllocator } from './GraphAllocator.ts'
import type { TensorContext } from './TensorContext.ts'
import type { TensorType } from './TensorType.ts'

/** Computes graphs on the CPU with a fixed number of threads. The maker disposes it; disposing twice does nothing. */
export class Backend {
  readonly ggml: Ggml
  #address: Pointer
  #threads: number

  constructor(ggml: Ggml, threads: number) {
    this.ggml = ggml
    this.#address = ggml.cpu.newCpuBackend<Pointer>()
    this.#threads = threads
    this.threads = threads
  }

  get address(): Pointer {
    if (this.#address === 0n) throw new InputError('BACKEND_DISPOSED', 'this backend was disposed', { action: 'stop' })
    return this.#address
  }

  get name(): string {
    return this.ggml.base.backendName<string>(this.address)
  }

  get threads(): number {
    return this.#threads
  }

  set threads(count: number) {
    if (!Number.isSafeInteger(count) || count < 1 || count > 512) throw new InputError('THREADS', `a backend runs on 1 to 512 threads, not ${count}`)
    this.ggml.cpu.setThreads(this.address, count)
    this.#threads = count
  }

  /**
   * Gives memory to all tensors of a context at once. The caller disposes the buffer.
   * @throws UnavailableError `OUT_OF_MEMORY`
   */
  allocate(context: TensorContext): DeviceBuffer {
    const address = this.ggml.base.allocateContext<Pointer | null>(context.address, this.ggml.base.defaultBufferType<Pointer>(this.address))
    if (!address) throw new UnavailableError('OUT_OF_MEMORY', 'no memory for the tensors of this context', { action: 'stop', fix: 'use a smaller model or fewer slots' })
    return new DeviceBuffer(context, address)
  }

  /** An allocator that reuses memory between the intermediate results of a graph. The caller disposes it. */
  graphAllocator(): GraphAllocator {
    return new GraphAllocator(this.ggml, this.ggml.base.newAllocator<Pointer>(this.ggml.base.defaultBufferType<Pointer>(this.address)))
  }

  /**
   * Computes a graph whose tensors all have memory; returns when it is done.
   * @throws UnavailableError `COMPUTE_FAILED`
   */
  compute(graph: Graph): void {
    const status = this.ggml.base.compute<number>(this.address, graph.address)
    if (status !== 0) throw new UnavailableError('COMPUTE_FAILED', `ggml could not compute the graph (status ${status})`, { action: 'stop' })
  }

  /** Whether packed elements of a type hold only finite numbers. @param data whole blocks of the type */
  rowsAreFinite(type: TensorType, data: Uint8Array): boolean {
    return this.ggml.base.validateRows<boolean>(type, data, data.length)
  }

  dispose(): void {
    if (this.#address === 0n) return
    const address = this.#address
    this.#address = 0n
    this.ggml.base.freeBackend(address)
  }
}
