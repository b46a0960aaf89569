import { keccak, type Hex } from '@openledger/protocol'

/** Chance that is the same for the same seed. */
export type SeededRandom = {
  /** Uniform in [0, 1). */
  (): number
  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  /** Exponentially distributed. */
  exponential(mean: number): number
  pick<T>(from: readonly T[]): T
  /** 32 bytes. */
  hash(): Hex
}

/** Uniform numbers from a seed (mulberry32, T. Ettinger 2017), and what is made of them. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const whole = (least: number, most: number): number => least + Math.floor(uniform() * (most - least + 1))
  return Object.assign(uniform, {
    whole,
    chance: (probability: number) => uniform() < probability,
    exponential: (mean: number) => -mean * Math.log(1 - uniform()),
    pick: <T>(from: readonly T[]): T => from[whole(0, from.length - 1)]!,
    hash: (): Hex => keccak(new Uint8Array(new Float64Array([uniform(), uniform()]).buffer)),
  })
}
