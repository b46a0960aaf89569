import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix'
import { describe, expect, it } from 'vitest'
import { RandomStream } from '../../serve/workload/RandomStream.ts'
import { bm25 } from './bm25.ts'
import { byContributor } from './byContributor.ts'
import { dataInf } from './dataInf.ts'
import { correctedEigenvalues, KroneckerBasis } from './ekFac.ts'
import { empiricalFisher, trackStar } from './empiricalFisher.ts'
import { addDense, gram } from './gram.ts'
import { adamDirection, normalizeRows } from './less.ts'
import { tracIn } from './tracIn.ts'

const random = new RandomStream(3)
const rows = (count: number, size: number): Float32Array[] => Array.from({ length: count }, () => Float32Array.from({ length: size }, () => random.normal()))
const [train, queries] = [rows(5, 12), rows(3, 12)]
const all = { from: 0, to: 12 }
const [kernel, cross] = [gram(train, train, all, true), gram(queries, train, all)]
const dense = (vectors: readonly ArrayLike<number>[]): Matrix => new Matrix(vectors.map((v) => Array.from(v)))
const close = (actual: readonly ArrayLike<number>[], wanted: Matrix): void => actual.forEach((row, q) => Array.from(row).forEach((value, i) => expect(value).toBeCloseTo(wanted.get(q, i), 6)))
const [G, Q] = [dense(train), dense(queries)]

describe('inner products', () => {
  it('are those of the rows, over ranges that add up', () => {
    close([kernel.data], dense([G.mmul(G.transpose()).to1DArray()]))
    const parts = [gram(queries, train, { from: 0, to: 5 }), gram(queries, train, { from: 5, to: 12 })]
    close([addDense(parts).data], dense([Q.mmul(G.transpose()).to1DArray()]))
    const summed = byContributor([[1, 2, 4, 8, 16]], [0, 1, 0, 1, 1], 3)
    expect([...summed[0]]).toEqual([5, 26, 0])
  })
})

// Each against a dense calculation in the space of the parameters.
describe('baselines', () => {
  it('TracIn adds checkpoints by their learning rates', () => {
    close(tracIn([cross, cross], [0.25, 0.5]), Q.mmul(G.transpose()).mul(0.75))
  })

  it('the empirical Fisher is the one that is inverted explicitly', () => {
    const damping = 0.3
    const fisher = G.transpose().mmul(G).div(5)
    const lambda = (damping * G.mmul(G.transpose()).div(5).trace()) / 5
    const inverted = inverse(fisher.add(Matrix.eye(12).mul(lambda)))
    const wanted = Q.mmul(inverted).mmul(G.transpose())
    const { scores, sizes } = empiricalFisher(kernel, cross, damping)
    close(scores, wanted)
    const own = G.mmul(inverted).mmul(G.transpose())
    close([sizes], dense([own.diagonal()]))
    // TrackStar: cosines in the space of F^(-1/2), up to the query's length.
    const { eigenvectorMatrix: v, realEigenvalues } = new EigenvalueDecomposition(inverted)
    const root = v.mmul(Matrix.diag(realEigenvalues.map(Math.sqrt))).mmul(v.transpose())
    const [a, b] = [Q.mmul(root), G.mmul(root)]
    const cosines = Q.mmul(inverted).mmul(G.transpose())
    for (let i = 0; i < 5; i++) for (let q = 0; q < 3; q++) cosines.set(q, i, a.getRowVector(q).dot(b.getRowVector(i)) / b.getRowVector(i).norm())
    close(trackStar(kernel, cross, damping), cosines)
  })

  it('DataInf averages explicit inverses per matrix', () => {
    const blocks = [all, { from: 0, to: 4 }].map((block) => ({ size: block.to - block.from, train: gram(train, train, block), cross: gram(queries, train, block) }))
    const wanted = Matrix.zeros(3, 5)
    blocks.forEach(({ size }, l) => {
      const part = (m: Matrix): Matrix => (l === 0 ? m : m.subMatrix(0, m.rows - 1, 0, 3))
      const [g, q] = [part(G), part(Q)]
      const lambda = (0.1 * g.mmul(g.transpose()).trace()) / (5 * size)
      const mean = Matrix.zeros(size, size)
      for (let i = 0; i < 5; i++) mean.add(inverse(g.getRowVector(i).transpose().mmul(g.getRowVector(i)).add(Matrix.eye(size).mul(lambda))).div(5))
      wanted.add(q.mmul(mean).mmul(g.transpose()))
    })
    dataInf(blocks, 0.1).forEach((row, q) => row.forEach((value, i) => expect(value / wanted.get(q, i)).toBeCloseTo(1, 6)))
  })

  it('EK-FAC is the exact inverse where the Fisher is a Kronecker product', () => {
    // Gradients u_a v_b ᵀ over all pairs of two sets: their second moments are exactly left ⊗ right.
    const [u, v] = [rows(4, 3), rows(5, 4)]
    const gradients = u.flatMap((a) => v.map((b) => Float32Array.from({ length: 12 }, (_, i) => a[Math.floor(i / 4)] * b[i % 4])))
    const moment = (m: readonly Float32Array[]): Float64Array => Float64Array.from(dense(m).transpose().mmul(dense(m)).div(m.length).to1DArray())
    const blocks = [{ from: 0, rows: 3, columns: 4, left: moment(u), right: moment(v) }]
    const basis = new KroneckerBasis(blocks)
    const rotated = gradients.map((g) => basis.rotate(g))
    const eigenvalues = correctedEigenvalues(rotated, blocks, 0.2)
    const fisher = dense(gradients).transpose().mmul(dense(gradients)).div(gradients.length)
    const inverted = inverse(fisher.clone().add(Matrix.eye(12).mul((0.2 * fisher.trace()) / 12)))
    const wanted = Q.mmul(inverted).mmul(dense(gradients).transpose())
    queries.forEach((query, q) => {
      const turned = basis.rotate(query)
      rotated.forEach((row, i) => expect(row.reduce((sum, value, at) => sum + (value * turned[at]) / eigenvalues[at], 0)).toBeCloseTo(wanted.get(q, i), 3))
    })
  })

  it('LESS takes the direction of Adam’s next update', () => {
    const state = { first: Float32Array.of(0.5, -1), second: Float32Array.of(0.2, 0.3), steps: 4 }
    const constants = { beta1: 0.9, beta2: 0.99, eps: 1e-8, epsRoot: 1e-6 }
    const [g0, g1] = [2, 1]
    const wanted = [
      (0.9 * 0.5 + 0.1 * g0) / (1 - 0.9 ** 5) / (Math.sqrt((0.99 * 0.2 + 0.01 * g0 * g0) / (1 - 0.99 ** 5) + 1e-6) + 1e-8),
      (0.9 * -1 + 0.1 * g1) / (1 - 0.9 ** 5) / (Math.sqrt((0.99 * 0.3 + 0.01 * g1 * g1) / (1 - 0.99 ** 5) + 1e-6) + 1e-8),
    ]
    const actual = adamDirection(Float32Array.of(g0, g1), state, constants)
    wanted.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 5))
    normalizeRows([actual])
    expect(Math.hypot(...actual)).toBeCloseTo(1, 6)
  })

  it('BM25 gives the worked value, and nothing without common terms', () => {
    // N = 2, df = 1, tf = 2, lengths 3 and 1: idf = ln(1 + 1.5/1.5), tf part = 2·2.2/(2 + 1.2(.25 + .75·3/2)).
    const [[first, second]] = bm25([[7]], [[7, 7, 8], [9]], 1.2, 0.75)
    expect(first).toBeCloseTo(Math.log(2) * (4.4 / (2 + 1.2 * (0.25 + 0.75 * 1.5))), 12)
    expect(second).toBe(0)
  })
})
