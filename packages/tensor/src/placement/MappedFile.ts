import koffi from 'koffi'
import { fstatSync } from 'node:fs'
import type { Pointer } from '../library/bindFunctions.ts'

// The same numbers on Linux and macOS.
const protectRead = 1
const mapPrivate = 2
const failed = 0xffff_ffff_ffff_ffffn

type Mapping = {
  map(address: null, bytes: number, protection: number, flags: number, descriptor: number, offset: number): bigint | null
  unmap(address: Pointer, bytes: number): number
}
let functions: Mapping | null | undefined

/** mmap and munmap of the process; null where there are none. */
function mapping(): Mapping | null {
  if (functions !== undefined) return functions
  if (process.platform === 'win32') return (functions = null)
  try {
    const library = koffi.load(null)
    functions = {
      map: library.func('void *mmap(void *address, size_t bytes, int protection, int flags, int descriptor, int64_t offset)') as unknown as Mapping['map'],
      unmap: library.func('int munmap(void *address, size_t bytes)') as unknown as Mapping['unmap'],
    }
  } catch {
    functions = null
  }
  return functions
}

/**
 * A file seen as memory: read-only and private, so that nothing written through it can reach the file. Its pages are shared with every other
 * process that reads the file, and the system drops them when memory is short.
 *
 * The mapping is of the open file, not of its path: a file that is replaced by rename stays as it was. One that is changed in place changes under
 * the map, and one that is cut short ends the process at the first touch of what is missing: files that are mapped must not be written to.
 * The maker disposes it, after everything that points into it; disposing twice does nothing.
 */
export class MappedFile {
  readonly bytes: number
  #address: Pointer

  private constructor(address: Pointer, bytes: number) {
    this.#address = address
    this.bytes = bytes
  }

  /** Maps an open file; null where the system cannot. @param descriptor may be closed afterwards */
  static open(descriptor: number): MappedFile | null {
    const native = mapping()
    const { size } = fstatSync(descriptor)
    if (!native || size === 0) return null
    const address = native.map(null, size, protectRead, mapPrivate, descriptor, 0)
    return address === null || BigInt.asUintN(64, address) === failed ? null : new MappedFile(address, size)
  }

  /** Where the file begins in memory; 0n once disposed. */
  get address(): Pointer {
    return this.#address
  }

  dispose(): void {
    if (this.#address === 0n) return
    const address = this.#address
    this.#address = 0n
    mapping()?.unmap(address, this.bytes)
  }
}
