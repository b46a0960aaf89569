const normalized = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** Agreement of an answer with the expected one: `exact` up to case and marks, and the F1 of their words, 0 to 1. */
export function compareAnswers(answer: string, expected: string): { exact: boolean; wordF1: number } {
  const [a, b] = [normalized(answer), normalized(expected)]
  const rest = b.split(' ')
  const words = a.split(' ')
  let common = 0
  for (const word of words) {
    const at = rest.indexOf(word)
    if (at < 0) continue
    rest.splice(at, 1)
    common += 1
  }
  return { exact: a === b, wordF1: (2 * common) / (words.length + b.split(' ').length) }
}
