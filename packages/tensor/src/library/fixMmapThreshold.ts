import koffi from 'koffi'

/** What glibc begins with. */
const thresholdBytes = 128 * 1024
// Parameters of mallopt, from glibc's malloc.h.
const trimThreshold = -1
const mmapThreshold = -3

let fixed = false

/**
 * Makes the C library map every block from 128 KiB on by itself, so that its memory goes back to the system when it is freed; the process's
 * RSS is then what is in use. Left alone, glibc raises that size to the largest block ever freed (at most 32 MiB): graphs, adapters and
 * buffers, which come and go in all sizes, are cut from heaps instead, and the holes between them stay resident. Once per process is enough. Does nothing
 * where the operator chose by `MALLOC_MMAP_THRESHOLD_` or `GLIBC_TUNABLES`, and on C libraries without `mallopt`.
 */
export function fixMmapThreshold(): void {
  if (fixed) return
  fixed = true
  const { MALLOC_MMAP_THRESHOLD_: chosen, GLIBC_TUNABLES: tunables } = process.env
  if (process.platform !== 'linux' || chosen || tunables?.includes('glibc.malloc.mmap_threshold')) return
  try {
    const mallopt = koffi.load(null).func('int mallopt(int parameter, int value)') as (parameter: number, value: number) => number
    mallopt(mmapThreshold, thresholdBytes)
    // What stays free at the end of a heap: glibc's own rule, twice the above.
    mallopt(trimThreshold, 2 * thresholdBytes)
  } catch {
    // Another C library: it has no such rule.
  }
}
