import type { BatchShape } from '../graph/GraphBuild.ts'
import type { BatchInputs } from '../graph/TrainingGraph.ts'
import type { TrainingExample } from '../TrainingExample.ts'
import { supervisedBucket } from '../microBatches.ts'
import { tokenTree, type TokenTree } from './tokenTree.ts'

/** What one coalition computes in one graph: examples of one length bucket with the weights that it gives them. */
export type CoalitionPart = { examples: readonly TrainingExample[]; shares: readonly number[]; tree: TokenTree }

export type JointBatch = {
  shape: BatchShape
  inputs: BatchInputs
  /** Where the supervised positions of each part begin; one more than there are parts. */
  starts: number[]
}

/** @param shares the factor of each example's loss weight, that of its contributor */
export function coalitionPart(examples: readonly TrainingExample[], shares: readonly number[]): CoalitionPart {
  // The last token is only ever a target.
  return { examples, shares, tree: tokenTree(examples.map(({ tokens }) => Array.from(tokens).slice(0, -1))) }
}

/**
 * Lays the parts of several coalitions side by side in one graph, each with as many tokens and sequences as the largest.
 * Nothing that a part computes depends on the others.
 * @param length padded tokens per sequence
 * @param total sum of weights over all supervised tokens of the step
 */
export function jointBatch(parts: readonly CoalitionPart[], length: number, total: number): JointBatch {
  const distinct = parts.reduce((most, { tree }) => Math.max(most, tree.tokens.length), 2)
  const rows = parts.reduce((most, { examples }) => Math.max(most, examples.length), 1)
  const used = parts.reduce((sum, { examples }) => examples.reduce((count, { tokens, supervisedFrom }) => count + tokens.length - supervisedFrom, sum), 0)
  const supervised = supervisedBucket(used)
  const inputs = {
    tokens: new Int32Array(distinct * parts.length),
    shared: { at: new Int32Array(parts.length * rows * length), first: new Int32Array(distinct * parts.length) },
    rows: new Int32Array(supervised),
    targets: new Int32Array(supervised),
    weights: new Float32Array(supervised),
  }
  const starts: number[] = []
  let s = 0
  parts.forEach(({ examples, shares, tree }, p) => {
    const [token, position] = [p * distinct, p * rows * length]
    starts.push(s)
    inputs.tokens.set(tree.tokens, token)
    inputs.shared.at.fill(token, position, position + rows * length)
    tree.at.forEach((path, row) => path.forEach((node, i) => (inputs.shared.at[position + row * length + i] = token + node)))
    inputs.shared.first.fill(position, token, token + distinct)
    tree.first.forEach(({ row, position: i }, node) => (inputs.shared.first[token + node] = position + row * length + i))
    examples.forEach(({ tokens, supervisedFrom, weight = 1 }, row) => {
      for (let i = supervisedFrom; i < tokens.length; i++, s++) {
        inputs.rows[s] = token + tree.at[row][i - 1]
        inputs.targets[s] = tokens[i]
        inputs.weights[s] = (shares[row] * weight) / total
      }
    })
  })
  starts.push(s)
  return { shape: { length, rows: rows * parts.length, supervised, groups: parts.length, distinct: distinct * parts.length }, inputs, starts }
}
