/** Sequences whose common beginnings are kept once. */
export type TokenTree = {
  /** The distinct tokens, in the order in which they first occur. */
  tokens: number[]
  /** For each sequence, which distinct token stands at each position. */
  at: number[][]
  /** Where each distinct token occurs first. */
  first: { row: number; position: number }[]
}

/**
 * Merges equal beginnings of sequences: tokens with the same history have the same hidden states, so all but attention need be
 * computed once for them, and their gradients add up.
 */
export function tokenTree(sequences: readonly ArrayLike<number>[]): TokenTree {
  const tree: TokenTree = { tokens: [], at: [], first: [] }
  const children: Map<number, number>[] = []
  const roots = new Map<number, number>()
  sequences.forEach((sequence, row) => {
    const path: number[] = []
    for (let position = 0, next = roots; position < sequence.length; position++) {
      let node = next.get(sequence[position])
      if (node === undefined) {
        node = tree.tokens.push(sequence[position]) - 1
        tree.first.push({ row, position })
        children.push(new Map())
        next.set(sequence[position], node)
      }
      path.push(node)
      next = children[node]
    }
    tree.at.push(path)
  })
  return tree
}
