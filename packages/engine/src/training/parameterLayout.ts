import type { FullShape } from './ModelShape.ts'

/** One named tensor inside the flat array of all parameters. */
export type ParameterSlot = {
  /** GGUF name, e.g. `blk.0.attn_q.weight`. */
  name: string
  /** ggml order: `[in, out]` for matrices (row-major `[out, in]`), `[n]` for vectors. */
  shape: number[]
  /** First element inside the flat array. */
  offset: number
  size: number
}

/** The order and place of every parameter of a model inside one flat Float32Array. */
export type ParameterLayout = { slots: ParameterSlot[]; size: number; byName: Map<string, ParameterSlot> }

/**
 * Lays out all parameters of a Llama-family model under their GGUF names.
 * Query and key rows stand in llama.cpp's order ("norm" rotary: neighbouring pairs turn together).
 */
export function parameterLayout(shape: FullShape): ParameterLayout {
  const { dim, ff, vocab, headDim, heads, kvHeads } = shape
  const slots: ParameterSlot[] = []
  let size = 0
  const add = (name: string, ...dims: number[]) => {
    const n = dims.reduce((a, b) => a * b, 1)
    slots.push({ name, shape: dims, offset: size, size: n })
    size += n
  }
  add('token_embd.weight', dim, vocab)
  for (let i = 0; i < shape.layers; i++) {
    const p = `blk.${i}.`
    add(p + 'attn_norm.weight', dim)
    add(p + 'attn_q.weight', dim, heads * headDim)
    add(p + 'attn_k.weight', dim, kvHeads * headDim)
    add(p + 'attn_v.weight', dim, kvHeads * headDim)
    add(p + 'attn_output.weight', heads * headDim, dim)
    add(p + 'ffn_norm.weight', dim)
    add(p + 'ffn_gate.weight', dim, ff)
    add(p + 'ffn_up.weight', dim, ff)
    add(p + 'ffn_down.weight', ff, dim)
  }
  add('output_norm.weight', dim)
  if (!shape.tied) add('output.weight', dim, vocab)
  return { slots, size, byName: new Map(slots.map((s) => [s.name, s])) }
}
