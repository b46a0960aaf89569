/**
 * Okapi BM25 over token ids (Robertson and Zaragoza 2009), idf as in Lucene: ln(1 + (N − df + ½) / (df + ½)).
 * @param queries token ids of question and answer; @param documents token ids of the training records
 */
export function bm25(queries: readonly ArrayLike<number>[], documents: readonly ArrayLike<number>[], k1: number, b: number): Float64Array[] {
  const counts = documents.map(countTerms)
  const found = new Map<number, number>()
  for (const count of counts) for (const term of count.keys()) found.set(term, (found.get(term) ?? 0) + 1)
  const average = documents.reduce((sum, document) => sum + document.length, 0) / documents.length
  return queries.map((query) => {
    const terms = countTerms(query)
    return Float64Array.from(counts, (count, d) => {
      const length = k1 * (1 - b + (b * documents[d].length) / average)
      let score = 0
      for (const [term, times] of terms) {
        const frequency = count.get(term)
        if (frequency === undefined) continue
        const df = found.get(term)!
        score += times * Math.log(1 + (documents.length - df + 0.5) / (df + 0.5)) * ((frequency * (k1 + 1)) / (frequency + length))
      }
      return score
    })
  })
}

function countTerms(tokens: ArrayLike<number>): Map<number, number> {
  const count = new Map<number, number>()
  for (let i = 0; i < tokens.length; i++) count.set(tokens[i], (count.get(tokens[i]) ?? 0) + 1)
  return count
}
