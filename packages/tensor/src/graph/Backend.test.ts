import { afterAll, describe, expect, it } from 'vitest'
import { Backend, loadGgml, quantize, TensorContext, TensorType, type Tensor } from '../index.ts'

const ggml = loadGgml()
const backend = new Backend(ggml, 1)
afterAll(() => backend.dispose())

/** Deterministic values in about [-1, 1]. */
const values = (count: number, phase = 0): Float32Array => Float32Array.from({ length: count }, (_, index) => Math.sin(index * 1.7 + phase))

type Inputs = Record<string, { shape: number[]; data: Float32Array | Int32Array }>

/** Builds and computes one graph and returns the result's elements. */
function run<Name extends string>(inputs: Record<Name, Inputs[string]>, build: (leaves: Record<Name, Tensor>, context: TensorContext) => Tensor, on = backend): Float32Array {
  const leaves = new TensorContext(on.ggml, { tensors: 16 })
  const made = {} as Record<Name, Tensor>
  for (const [name, { shape, data }] of Object.entries(inputs) as [Name, Inputs[string]][]) {
    made[name] = leaves.tensor(data instanceof Int32Array ? TensorType.I32 : TensorType.F32, shape, name)
  }
  const memory = on.allocate(leaves)
  for (const [name, { data }] of Object.entries(inputs) as [Name, Inputs[string]][]) made[name].write(data)
  const context = new TensorContext(on.ggml, { tensors: 64, graphs: [64] })
  const allocator = on.graphAllocator()
  const result = build(made, context).asOutput()
  const graph = context.graph(64).expand(result)
  allocator.allocate(graph)
  on.compute(graph)
  const read = result.readF32()
  for (const owner of [allocator, memory, context, leaves]) owner.dispose()
  return read
}

function close(actual: Float32Array, expected: number[], tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, index) => expect(Math.abs(actual[index]! - value)).toBeLessThan(tolerance * (1 + Math.abs(value))))
}

describe('Backend', () => {
  it('multiplies matrices as a triple loop does', () => {
    const [inner, rows, columns] = [32, 5, 7]
    const a = values(inner * rows)
    const b = values(inner * columns, 0.3)
    const expected: number[] = []
    for (let n = 0; n < columns; n++) for (let m = 0; m < rows; m++) {
      let sum = 0
      for (let k = 0; k < inner; k++) sum += a[m * inner + k]! * b[n * inner + k]!
      expected.push(sum)
    }
    close(run({ a: { shape: [inner, rows], data: a }, b: { shape: [inner, columns], data: b } }, (t, c) => c.ops.mulMat(t.a, t.b)), expected)
  })

  it('gathers slots of a pool in mulMatId', () => {
    const pool = values(32 * 2 * 3)
    const x = values(32 * 4, 1)
    const ids = Int32Array.from([2, 0, 1, 2])
    const expected: number[] = []
    for (let t = 0; t < 4; t++) for (let r = 0; r < 2; r++) {
      let sum = 0
      for (let k = 0; k < 32; k++) sum += pool[ids[t]! * 64 + r * 32 + k]! * x[t * 32 + k]!
      expected.push(sum)
    }
    const got = run({ pool: { shape: [32, 2, 3], data: pool }, x: { shape: [32, 1, 4], data: x }, ids: { shape: [1, 4], data: ids } }, (t, c) => c.ops.mulMatId(t.pool, t.x, t.ids))
    close(got, expected)
  })

  it('rotates pairs by position in ropeExt, and ropeExtBack undoes it', () => {
    const [dims, heads, tokens] = [8, 2, 3]
    const x = values(dims * heads * tokens)
    const positions = Int32Array.from([0, 5, 9])
    const expected: number[] = []
    for (let t = 0; t < tokens; t++) for (let h = 0; h < heads; h++) for (let i = 0; i < dims; i += 2) {
      const angle = positions[t]! * 10000 ** (-i / dims)
      const at = (t * heads + h) * dims + i
      expected.push(x[at]! * Math.cos(angle) - x[at + 1]! * Math.sin(angle), x[at]! * Math.sin(angle) + x[at + 1]! * Math.cos(angle))
    }
    const inputs = { x: { shape: [dims, heads, tokens], data: x }, p: { shape: [tokens], data: positions } }
    close(run(inputs, (t, c) => c.ops.ropeExt(t.x, t.p, null, dims, 0, 0, 10000, 1, 0, 1, 32, 1)), expected)
    const both = run(inputs, (t, c) => c.ops.ropeExtBack(c.ops.ropeExt(t.x, t.p, null, dims, 0, 0, 10000, 1, 0, 1, 32, 1), t.p, null, dims, 0, 0, 10000, 1, 0, 1, 32, 1))
    close(both, [...x])
  })

  it('takes the softmax of scaled and masked rows', () => {
    const x = values(4 * 2)
    const mask = Float32Array.from([0, 0, -Infinity, -Infinity, 0, 0, 0, -Infinity])
    const expected: number[] = []
    for (let row = 0; row < 2; row++) {
      const weights = [0, 1, 2, 3].map((i) => Math.exp(x[row * 4 + i]! * 0.5 + mask[row * 4 + i]!))
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      expected.push(...weights.map((weight) => weight / total))
    }
    close(run({ x: { shape: [4, 2], data: x }, m: { shape: [4, 2], data: mask } }, (t, c) => c.ops.softMaxExt(t.x, t.m, 0.5, 0)), expected)
  })

  it('computes a graph of several operations: a gated layer with its norm', () => {
    const x = values(16 * 2)
    const gate = values(16 * 8, 1)
    const up = values(16 * 8, 2)
    const expected: number[] = []
    for (let t = 0; t < 2; t++) {
      const row = x.subarray(t * 16, t * 16 + 16)
      const root = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / 16 + 1e-5)
      for (let m = 0; m < 8; m++) {
        const dot = (w: Float32Array): number => row.reduce((sum, value, k) => sum + (value / root) * w[m * 16 + k]!, 0)
        const g = dot(gate)
        expected.push((g / (1 + Math.exp(-g))) * dot(up))
      }
    }
    const got = run({ x: { shape: [16, 2], data: x }, gate: { shape: [16, 8], data: gate }, up: { shape: [16, 8], data: up } }, (t, c) => {
      const normed = c.ops.rmsNorm(t.x, 1e-5)
      return c.ops.swigluSplit(c.ops.mulMat(t.gate, normed), c.ops.mulMat(t.up, normed))
    })
    close(got, expected)
  })

  it('gives the same rows for 1 and 2 threads', () => {
    const two = new Backend(ggml, 2)
    const inputs = { a: { shape: [64, 96], data: values(64 * 96) }, b: { shape: [64, 9], data: values(64 * 9, 2) } }
    expect(run(inputs, (t, c) => c.ops.mulMat(t.a, t.b), two)).toEqual(run(inputs, (t, c) => c.ops.mulMat(t.a, t.b)))
    two.dispose()
  })

  it('refuses shapes that do not fit instead of ending the process', () => {
    const context = new TensorContext(ggml, { tensors: 8 })
    const a = context.tensor(TensorType.F32, [4, 2])
    const b = context.tensor(TensorType.F32, [5, 2])
    expect(() => context.ops.mulMat(a, b)).toThrow(expect.objectContaining({ code: 'TENSOR_SHAPE' }))
    expect(() => context.ops.add(a, b)).toThrow(expect.objectContaining({ code: 'TENSOR_SHAPE' }))
    expect(() => context.ops.reshape2d(a, 3, 2)).toThrow(expect.objectContaining({ code: 'TENSOR_SHAPE' }))
    expect(() => context.tensor(TensorType.Q8_0, [33])).toThrow(expect.objectContaining({ code: 'TENSOR_SHAPE' }))
    expect(() => a.write(new Float32Array(1))).toThrow(expect.objectContaining({ code: 'TENSOR_NO_MEMORY' }))
    const memory = backend.allocate(context)
    expect(() => a.write(new Float32Array(9))).toThrow(expect.objectContaining({ code: 'TENSOR_RANGE' }))
    memory.dispose()
    memory.dispose()
    expect(() => a.readF32()).toThrow(expect.objectContaining({ code: 'TENSOR_NO_MEMORY' }))
    context.dispose()
    context.dispose()
    expect(() => a.readF32()).toThrow(expect.objectContaining({ code: 'TENSOR_DEAD' }))
  })

  it('refuses more tensors than a context was sized for', () => {
    const context = new TensorContext(ggml, { tensors: 2 })
    context.tensor(TensorType.F32, [1])
    context.tensor(TensorType.F32, [1])
    expect(() => context.tensor(TensorType.F32, [1])).toThrow(expect.objectContaining({ code: 'CONTEXT_FULL' }))
    context.dispose()
  })
})

describe('quantize', () => {
  it('packs Q8_0 blocks as one F16 scale and 32 signed bytes', () => {
    const source = Float32Array.from({ length: 32 }, (_, index) => index - 16)
    const packed = quantize(ggml, TensorType.Q8_0, source, 32)
    expect(packed.length).toBe(34)
    const scale = 16 / 127
    const signed = new Int8Array(packed.buffer, 2, 32)
    expect([...signed]).toEqual([...source].map((value) => Math.sign(value) * Math.round(Math.abs(value) / scale) || 0))
  })

  it('rounds to BF16 by the upper half of the bits', () => {
    const packed = new Uint16Array(quantize(ggml, TensorType.BF16, Float32Array.from([1, -2.5]), 2).buffer)
    expect([...packed]).toEqual([0x3f80, 0xc020])
  })

  it('refuses rows that are not whole blocks', () => {
    expect(() => quantize(ggml, TensorType.Q8_0, new Float32Array(33), 33)).toThrow(expect.objectContaining({ code: 'QUANTIZE_SHAPE' }))
  })
})
