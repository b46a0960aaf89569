/**
 * The rate that a count of successes shows at least, at 95 % (one-sided, Clopper and Pearson 1934): the p at which so many or more of n come with probability 0.05.
 * @param found successes; @param of trials, at least 1
 */
export function leastRate(found: number, of: number): number {
  if (found === 0) return 0
  const atLeast = (p: number): number => {
    let [sum, logTerm] = [0, of * Math.log(p)]
    for (let k = of; k >= found; k--) {
      sum += Math.exp(logTerm)
      logTerm += Math.log(k) - Math.log(of - k + 1) + Math.log(1 - p) - Math.log(p)
    }
    return sum
  }
  let [low, high] = [0, 1]
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2
    if (atLeast(middle) < 0.05) low = middle
    else high = middle
  }
  return low
}
