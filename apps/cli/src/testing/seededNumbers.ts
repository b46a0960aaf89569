/** Numbers in [0, 1), the same for the same seed: a linear congruential generator with the constants of Numerical Recipes (2nd edition, 7.1). */
export function* seededNumbers(seed: number): Generator<number, never> {
  for (let x = seed; ; ) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0
    yield x / 2 ** 32
  }
}
