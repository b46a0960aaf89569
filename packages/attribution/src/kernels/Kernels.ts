import { fail } from '@openledger/protocol'
import { kernelModule } from './kernels.gen.ts'

/** What the compiled kernels export; all arguments are addresses in their memory, lengths or counts. */
export type KernelCalls = {
  /** Over words. */
  sortSuffixes(text: number, out: number, n: number, alphabet: number, scratch: number): void
  /** Over unsigned 16-bit symbols. */
  sortShortSymbols(text: number, out: number, n: number, alphabet: number, scratch: number): void
  sumBlocks(query: number, values: number, blocks: number, atoms: number, out: number): void
}

const pageSize = 65_536
/** WebAssembly addresses have 32 bits. */
const maxPages = 65_536

/** Most bytes that one memory of the kernels can hold for its users. */
export const maxKernelBytes = (maxPages - 1) * pageSize

let compiled: WebAssembly.Module | undefined

/** Whether this runtime can run the kernels at all; where it cannot, callers take the reference in TypeScript. */
export const hasKernels = typeof WebAssembly === 'object'

/**
 * The compiled kernels with a memory of their own. Each one takes 8 GiB of address space beside the memory that it uses, so a
 * process has few. The memory never shrinks; it is given back with the object.
 */
export class Kernels {
  readonly run: KernelCalls
  readonly #memory: WebAssembly.Memory
  #end = pageSize

  constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(kernelModule, 'base64'))
    this.#memory = new WebAssembly.Memory({ initial: 1 })
    const abort = (): never => fail('KERNEL_ABORTED', 'a kernel was given arguments that it refuses', { action: 'stop' })
    this.run = new WebAssembly.Instance(compiled, { env: { memory: this.#memory, abort } }).exports as unknown as KernelCalls
  }

  /** Makes the memory larger; views taken before are void. @returns the address of the new bytes @throws InputError TOO_LARGE */
  extend(bytes: number): number {
    const at = this.#end
    const missing = Math.ceil((at + bytes - this.#memory.buffer.byteLength) / pageSize)
    try {
      if (missing > 0) this.#memory.grow(missing)
    } catch {
      fail('TOO_LARGE', `${bytes} bytes of kernel memory are more than this machine gives`, { fix: 'split the input into smaller parts' })
    }
    this.#end = at + bytes
    return at
  }

  /** A view of signed 32-bit words. */
  words(at: number, count: number): Int32Array {
    return new Int32Array(this.#memory.buffer, at, count)
  }

  /** A view of signed bytes. */
  int8(at: number, count: number): Int8Array {
    return new Int8Array(this.#memory.buffer, at, count)
  }

  /** A view of unsigned 16-bit values. */
  shorts(at: number, count: number): Uint16Array {
    return new Uint16Array(this.#memory.buffer, at, count)
  }

  /** A view of signed 16-bit values. */
  int16(at: number, count: number): Int16Array {
    return new Int16Array(this.#memory.buffer, at, count)
  }
}
