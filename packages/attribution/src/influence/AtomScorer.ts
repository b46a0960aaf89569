import { fail } from '@openledger/protocol'
import { sharedArena, type KernelArena } from '../kernels/KernelArena.ts'
import { hasKernels } from '../kernels/Kernels.ts'
import { policy } from '../policy.ts'
import type { InfluenceTable } from './InfluenceTable.ts'
import type { QuantizedVector } from './quantizeBlocks.ts'
import { sumBlocksPlainly } from './sumBlocksPlainly.ts'

/** What of a table is scored. */
export type ScoredTable = Pick<InfluenceTable, 'atoms' | 'parameterCount'>

/** Bytes of a window through which a table passes that is not kept. */
const windowBytes = 1 << 20

const dropped = new FinalizationRegistry<{ arena: KernelArena; owner: object }>(({ arena, owner }) => arena.release(owner))
const known = new WeakMap<InfluenceTable['atoms'], AtomScorer>()

/**
 * Dot products of the blocks of a table with those of queries. From its second query on a table stays in the kernels' memory, block
 * after block and in each block atom after atom, so that a query reads it once from front to back; within the arena's limit the table
 * used least recently gives way. A table above the limit, and the first query of any, passes through a small window instead.
 * Keeps the table by reference: its values must not change.
 */
export class AtomScorer {
  readonly table: ScoredTable
  readonly #arena: KernelArena | null
  readonly #owner = {}
  readonly #blocks: number
  #queries = 0

  /** @param arena shared by default; null where the runtime has no WebAssembly */
  constructor(table: ScoredTable, arena: KernelArena | null = hasKernels ? sharedArena() : null) {
    this.table = table
    this.#arena = arena
    this.#blocks = Math.ceil(table.parameterCount / policy.blockSize)
    if (arena) dropped.register(this, { arena, owner: this.#owner })
  }

  /** The scorer of a table, the same for the same list of atoms. */
  static of(table: ScoredTable): AtomScorer {
    const scorer = known.get(table.atoms) ?? new AtomScorer(table)
    known.set(table.atoms, scorer)
    return scorer
  }

  /**
   * Exact sums, block after block and in each block one for each atom: |sum| ≤ 1,024·127² < 2²⁵.
   * @throws InputError BAD_QUERY when the query has another number of parameters
   */
  blockSums(query: QuantizedVector): Int32Array {
    const { parameterCount, atoms } = this.table
    if (query.values.length !== parameterCount) {
      fail('BAD_QUERY', `the query vector has ${query.values.length} parameters, the table ${parameterCount}`, { field: 'query' })
    }
    const sums = new Int32Array(this.#blocks * atoms.length)
    const arena = this.#arena
    if (!arena) return sumBlocksPlainly(this.table, query, sums)
    const kept = this.#queries++ > 0 ? this.#load(arena, this.#owner, this.#blocks) : undefined
    if (kept) {
      this.#sum(arena, kept, query, 0, this.#blocks, sums)
      return sums
    }
    const step = Math.max(1, Math.min(this.#blocks, Math.floor(windowBytes / (policy.blockSize * atoms.length))))
    const window = {}
    try {
      const at = arena.hold(window, bytesFor(step, atoms.length))
      if (at === undefined) return sumBlocksPlainly(this.table, query, sums)
      for (let from = 0; from < this.#blocks; from += step) {
        const to = Math.min(this.#blocks, from + step)
        this.#copy(arena, at, step, from, to)
        this.#sum(arena, { at, capacity: step }, query, from, to, sums)
      }
    } finally {
      arena.release(window)
    }
    return sums
  }

  /** Takes the table out of the kernels' memory. It can still be asked, and is loaded again then. */
  dispose(): void {
    this.#arena?.release(this.#owner)
    this.#queries = 0
  }

  /** Where the table lies, filled if it is not yet; undefined when it is too large to be kept. */
  #load(arena: KernelArena, owner: object, capacity: number): Kept | undefined {
    const before = arena.use(owner)
    if (before !== undefined) return { at: before, capacity }
    const at = arena.hold(owner, bytesFor(capacity, this.table.atoms.length))
    if (at === undefined) return undefined
    this.#copy(arena, at, capacity, 0, capacity)
    return { at, capacity }
  }

  /** Copies the blocks [from, to) of all atoms to the values at `at`, the last block filled up with zeros. */
  #copy(arena: KernelArena, at: number, capacity: number, from: number, to: number): void {
    const { atoms, parameterCount } = this.table
    const size = policy.blockSize
    const target = arena.kernels.int8(at + valuesOffset(capacity, atoms.length), (to - from) * atoms.length * size)
    if (to * size > parameterCount) target.fill(0, (to - from - 1) * atoms.length * size)
    for (let a = 0; a < atoms.length; a++) {
      const { values } = atoms[a]
      for (let b = from; b < to; b++) target.set(values.subarray(b * size, (b + 1) * size), ((b - from) * atoms.length + a) * size)
    }
  }

  /** Runs the kernel over blocks [from, to) of the query; the table's blocks from `from` on lie at `at`. */
  #sum(arena: KernelArena, { at, capacity }: Kept, query: QuantizedVector, from: number, to: number, sums: Int32Array): void {
    const { kernels } = arena
    const count = this.table.atoms.length
    const size = policy.blockSize
    const wide = kernels.int16(at, (to - from) * size)
    const part = query.values.subarray(from * size, to * size)
    wide.set(part)
    wide.fill(0, part.length)
    const out = at + 2 * capacity * size
    kernels.run.sumBlocks(at, at + valuesOffset(capacity, count), to - from, count, out)
    sums.set(kernels.words(out, (to - from) * count), from * count)
  }
}

/** Where blocks lie, and for how many there is room: 16-bit query, sums, values. */
type Kept = { at: number; capacity: number }

const valuesOffset = (blocks: number, atoms: number): number => 2 * blocks * policy.blockSize + Math.ceil((4 * blocks * atoms) / 64) * 64
const bytesFor = (blocks: number, atoms: number): number => valuesOffset(blocks, atoms) + blocks * atoms * policy.blockSize
