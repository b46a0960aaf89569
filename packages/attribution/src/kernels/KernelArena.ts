import { Kernels } from './Kernels.ts'

/** Blocks begin on multiples of this. */
const grain = 4096

type Block = { at: number; size: number }

/**
 * Kernel memory that is shared by many, up to a limit: what was used least recently gives way. An owner finds its block gone when
 * `use` says so, and fills it again.
 */
export class KernelArena {
  readonly kernels = new Kernels()
  readonly maxBytes: number
  /** By owner, the least recently used first. */
  readonly #blocks = new Map<object, Block>()
  /** By address. */
  #free: Block[] = []
  #extended = 0
  /** Where the memory ends. */
  #end = 0

  /** @param maxBytes all blocks together, below 4 GiB */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** Bytes held by owners. */
  get heldBytes(): number {
    return [...this.#blocks.values()].reduce((sum, block) => sum + block.size, 0)
  }

  /** The address of an owner's block, now the most recently used; undefined when it has none. */
  use(owner: object): number | undefined {
    const block = this.#blocks.get(owner)
    if (!block) return undefined
    this.#blocks.delete(owner)
    this.#blocks.set(owner, block)
    return block.at
  }

  /**
   * Gives an owner a block of memory, of any content; others lose theirs when there is no room. Views taken before are void.
   * @returns its address, or undefined when the limit is below `bytes`
   */
  hold(owner: object, bytes: number): number | undefined {
    const size = Math.max(1, Math.ceil(bytes / grain)) * grain
    if (size > this.maxBytes) return undefined
    this.release(owner)
    let at = this.#take(size)
    for (const other of [...this.#blocks.keys()]) {
      if (at !== undefined) break
      this.release(other)
      at = this.#take(size)
    }
    if (at !== undefined) this.#blocks.set(owner, { at, size })
    return at
  }

  /** Takes an owner's block back. */
  release(owner: object): void {
    const block = this.#blocks.get(owner)
    if (!block) return
    this.#blocks.delete(owner)
    const free = [...this.#free, block].sort((a, b) => a.at - b.at)
    this.#free = []
    for (const next of free) {
      const last = this.#free.at(-1)
      if (last && last.at + last.size === next.at) last.size += next.size
      else this.#free.push({ ...next })
    }
  }

  /** A free piece: the first one that is large enough, or new memory within the limit, joined to a free piece at the end. */
  #take(size: number): number | undefined {
    const place = this.#free.findIndex((block) => block.size >= size)
    if (place >= 0) {
      const block = this.#free[place]
      const { at } = block
      block.at += size
      block.size -= size
      if (block.size === 0) this.#free.splice(place, 1)
      return at
    }
    const last = this.#free.at(-1)
    const isLast = last !== undefined && last.at + last.size === this.#end
    const missing = size - (isLast ? last.size : 0)
    if (this.#extended + missing > this.maxBytes) return undefined
    const fresh = this.kernels.extend(missing)
    this.#extended += missing
    this.#end = fresh + missing
    if (isLast) this.#free.pop()
    return isLast ? last.at : fresh
  }
}

let shared: KernelArena | undefined

/** The arena of this thread: 1 GiB at most, made when it is first needed. */
export function sharedArena(): KernelArena {
  shared ??= new KernelArena(1 << 30)
  return shared
}
