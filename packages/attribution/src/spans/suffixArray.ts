import { fail } from '@openledger/protocol'
import { sharedArena } from '../kernels/KernelArena.ts'
import { hasKernels, Kernels, maxKernelBytes } from '../kernels/Kernels.ts'
import { referenceSuffixArray } from './referenceSuffixArray.ts'

type Text = { text: Uint32Array | Int32Array; alphabet: number }

/** Larger sorts get a memory of their own, which goes when they end. */
const sharedBytes = 1 << 24

/** Most symbols of a text that can be sorted in one piece, whatever they are: 12 bytes for each symbol fit the kernel's memory. */
export const maxSortedSymbols = Math.floor(maxKernelBytes / 12) - 1024

/**
 * The suffix array of a text of integers, in linear time, by the compiled kernel; the end of the text sorts before every symbol.
 * Takes 12 bytes of memory per symbol while it runs, beside its argument and its result.
 * @param text symbols in [0, alphabet); not kept
 * @returns the start of each suffix, in lexicographic order
 * @throws InputError BAD_SYMBOL for a symbol outside the alphabet, TOO_LARGE for a text beyond the kernel's memory
 */
export function suffixArray(text: Uint32Array | Int32Array, alphabet: number): Int32Array {
  const n = text.length
  for (let i = 0; i < n; i++) if (!(text[i] >= 0 && text[i] < alphabet)) fail('BAD_SYMBOL', `symbol ${i} is not in [0, ${alphabet})`, { field: 'text' })
  const dense = alphabet > 2 * n + 65_536 ? denseSymbols(text) : { text, alphabet }
  if (!hasKernels) return referenceSuffixArray(dense.text, dense.alphabet)
  const bytes = 4 * (2 * n + 2 * Math.max(dense.alphabet, (n >> 1) + 1))
  if (bytes > sharedBytes) {
    const kernels = new Kernels()
    return sortAt(kernels, kernels.extend(bytes), dense)
  }
  const arena = sharedArena()
  const owner = {}
  try {
    return sortAt(arena.kernels, arena.hold(owner, bytes)!, dense)
  } finally {
    arena.release(owner)
  }
}

let isWarm = false

/**
 * Sorts a small text first, once. A runtime optimises a function for its next call only, and the passes of a long sort are calls that
 * take seconds: without this the first long sort runs unoptimised, at half the speed.
 */
function warmUp(kernels: Kernels, at: number): void {
  isWarm = true
  const sample = Int32Array.from({ length: 1 << 17 }, (_, i) => Math.imul(i & 0x7fff, 2_654_435_769) >>> 22)
  for (const alphabet of [1024, (1 << 16) + 1]) sortAt(kernels, at, { text: sample, alphabet })
}

function sortAt(kernels: Kernels, at: number, { text, alphabet }: Text): Int32Array {
  const n = text.length
  if (!isWarm && n > 1 << 20) warmUp(kernels, at)
  const out = at + 4 * n
  const scratch = out + 4 * n
  if (alphabet <= 1 << 16) {
    kernels.shorts(at, n).set(text)
    kernels.run.sortShortSymbols(at, out, n, alphabet, scratch)
  } else {
    kernels.words(at, n).set(text)
    kernels.run.sortSuffixes(at, out, n, alphabet, scratch)
  }
  return kernels.words(out, n).slice()
}

/** The same order with symbols numbered without gaps, so that few large symbols do not make large tables. */
function denseSymbols(text: Uint32Array | Int32Array): Text {
  const sorted = Uint32Array.from(text).sort()
  const numbers = new Map<number, number>()
  for (const symbol of sorted) if (!numbers.has(symbol)) numbers.set(symbol, numbers.size)
  return { text: Int32Array.from(text, (symbol) => numbers.get(symbol)!), alphabet: Math.max(1, numbers.size) }
}
