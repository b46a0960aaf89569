import { InputError, UnavailableError } from '@openledger/protocol'
import type { Device, DeviceKind } from '../device/Device.ts'
import { cpuDevice } from '../device/listDevices.ts'
import type { Pointer } from '../library/bindFunctions.ts'
import type { Ggml } from '../library/Ggml.ts'
import { DeviceBuffer } from './DeviceBuffer.ts'
import type { Graph } from './Graph.ts'
import { GraphAllocator } from './GraphAllocator.ts'
import type { TensorContext } from './TensorContext.ts'
import type { TensorType } from './TensorType.ts'

/** Computes graphs on one device, with its memory. The maker disposes it; disposing twice does nothing. */
export class Backend {
  readonly ggml: Ggml
  readonly device: Device
  #address: Pointer
  #threads: number

  /**
   * @param threads used by the CPU alone
   * @param device one that `listDevices` found with the same ggml; default the CPU
   * @throws UnavailableError `DEVICE_FAILED` when the device cannot be opened
   */
  constructor(ggml: Ggml, threads: number, device: Device = cpuDevice(ggml)) {
    this.ggml = ggml
    this.device = device
    const address = device.kind === 'cpu' ? ggml.cpu.newCpuBackend<Pointer | null>() : ggml.base.initDevice<Pointer | null>(device.address, null)
    if (!address) throw new UnavailableError('DEVICE_FAILED', `device ${device.id} (${device.name}) cannot be opened`, { action: 'fix', fix: 'compute on another device' })
    this.#address = address
    this.#threads = threads
    this.threads = threads
  }

  get address(): Pointer {
    if (this.#address === 0n) throw new InputError('BACKEND_DISPOSED', 'this backend was disposed', { action: 'stop' })
    return this.#address
  }

  get kind(): DeviceKind {
    return this.device.kind
  }

  /** The backend's own name, e.g. `CPU` or `Vulkan0`. */
  get name(): string {
    return this.ggml.base.backendName<string>(this.address)
  }

  get threads(): number {
    return this.#threads
  }

  set threads(count: number) {
    if (!Number.isSafeInteger(count) || count < 1 || count > 512) throw new InputError('THREADS', `a backend runs on 1 to 512 threads, not ${count}`)
    if (this.kind === 'cpu') this.ggml.cpu.setThreads(this.address, count)
    this.#threads = count
  }

  /**
   * Gives memory to all tensors of a context at once. The caller disposes the buffer.
   * @throws UnavailableError `OUT_OF_MEMORY`
   */
  allocate(context: TensorContext): DeviceBuffer {
    const address = this.ggml.base.allocateContext<Pointer | null>(context.address, this.ggml.base.defaultBufferType<Pointer>(this.address))
    if (!address) throw new UnavailableError('OUT_OF_MEMORY', `no memory on ${this.device.id} for the tensors of this context`, { action: 'stop', fix: 'use a smaller model or fewer slots' })
    return new DeviceBuffer(context, address)
  }

  /** An allocator that reuses memory between the intermediate results of a graph. The caller disposes it. */
  graphAllocator(): GraphAllocator {
    return new GraphAllocator(this.ggml, this.ggml.base.newAllocator<Pointer>(this.ggml.base.defaultBufferType<Pointer>(this.address)))
  }

  /**
   * Refuses a graph with an operation that the device lacks: computing it would end the process.
   * @throws UnavailableError `OPERATION_UNSUPPORTED`, naming the first such operation with its shapes
   */
  check(graph: Graph): void {
    for (let index = 0; index < graph.nodes; index++) {
      const node = graph.node(index)
      if (this.ggml.base.supportsOperation<boolean>(this.address, node.address)) continue
      const operation = this.ggml.base.operationName<string>(node.address)
      throw new UnavailableError('OPERATION_UNSUPPORTED', `${this.device.id} (${this.device.name}) cannot compute ${operation} -> ${node.name}[${node.shape.join(',')}] of type ${node.type}`, {
        action: 'fix',
        fix: 'compute on the CPU, or with another cache or weight type',
      })
    }
  }

  /**
   * Computes a graph whose tensors all have memory; returns when it is done.
   * @throws UnavailableError `COMPUTE_FAILED`
   */
  compute(graph: Graph): void {
    const status = this.ggml.base.compute<number>(this.address, graph.address)
    if (status === -2) throw new UnavailableError('OUT_OF_MEMORY', `no memory on ${this.device.id} to compute a graph`, { action: 'stop', fix: 'use shorter prompts or smaller batches' })
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
