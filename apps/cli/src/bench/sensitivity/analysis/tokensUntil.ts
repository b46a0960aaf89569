/**
 * How many tokens a lie goes on for until a test finds it, when answers follow each other without an end: the median over the finds in a stream of all answers, the test
 * beginning anew after each.
 * @param answers per token of each answer what it adds to the running figure
 * @param found whether the running figures so far are a find
 * @returns null where the stream has no find
 */
export function tokensUntil(answers: readonly (readonly number[])[], { perToken, wrongAbove }: { perToken: number; wrongAbove: number }): number | null {
  const lengths: number[] = []
  let [sum, length] = [0, 0]
  for (const margin of answers.flat()) {
    sum = Math.max(0, sum + margin - perToken)
    length += 1
    if (sum <= wrongAbove) continue
    lengths.push(length)
    ;[sum, length] = [0, 0]
  }
  return lengths.length === 0 ? null : lengths.sort((a, b) => a - b)[Math.floor(lengths.length / 2)]!
}
