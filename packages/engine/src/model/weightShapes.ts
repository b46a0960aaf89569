import type { ModelConfig } from './ModelConfig.ts'

/** The seven linear modules of a layer that adapters may change, by their GGUF names. */
export const linearModules = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'] as const
export type LinearModule = (typeof linearModules)[number]

/** Input and output width of each linear module. */
export function linearShape(config: ModelConfig, module: LinearModule): { input: number; output: number } {
  const { width, feedForward } = config
  const attention = config.heads * config.headWidth
  const keys = config.kvHeads * config.headWidth
  const shapes: Record<LinearModule, [number, number]> = {
    attn_q: [width, attention],
    attn_k: [width, keys],
    attn_v: [width, keys],
    attn_output: [attention, width],
    ffn_gate: [width, feedForward],
    ffn_up: [width, feedForward],
    ffn_down: [feedForward, width],
  }
  const [input, output] = shapes[module]
  return { input, output }
}

/** Every tensor that a model may have: its shape, and whether it must be there. */
export function weightShapes(config: ModelConfig): Map<string, { shape: number[]; required: boolean }> {
  const shapes = new Map<string, { shape: number[]; required: boolean }>()
  const add = (name: string, shape: number[], required = true): unknown => shapes.set(name, { shape, required })
  add('token_embd.weight', [config.width, config.vocabulary])
  add('output_norm.weight', [config.width])
  add('output.weight', [config.width, config.vocabulary], false)
  add('rope_freqs.weight', [config.rope.dimensions / 2], false)
  for (let layer = 0; layer < config.layers; layer++) {
    const name = (part: string): string => `blk.${layer}.${part}`
    add(name('attn_norm.weight'), [config.width])
    add(name('ffn_norm.weight'), [config.width])
    add(name('attn_q_norm.weight'), [config.headWidth], config.architecture === 'qwen3')
    add(name('attn_k_norm.weight'), [config.headWidth], config.architecture === 'qwen3')
    for (const module of linearModules) {
      const { input, output } = linearShape(config, module)
      add(name(`${module}.weight`), [input, output])
      if (module.startsWith('attn_')) add(name(`${module}.bias`), [output], config.architecture === 'qwen2' && module !== 'attn_output')
    }
  }
  return shapes
}
