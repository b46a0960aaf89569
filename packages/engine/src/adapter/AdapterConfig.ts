import { fail, hashJson, type Hex } from '@openledger/protocol'
import { linearModules, type LinearModule } from '../model/weightShapes.ts'
import { checkPattern, patternValue } from './modulePattern.ts'

/** PEFT's names of the linear modules, by their GGUF names. */
export const peftModules: Record<LinearModule, string> = {
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
}

/** Largest rank that is read: no adapter needs more, and a base's widths are hardly larger. */
export const maxRank = 1024

/** What of a PEFT `adapter_config.json` decides about an adapter's results. */
export type AdapterConfig = {
  rank: number
  alpha: number
  /** Scale by alpha / sqrt(rank) instead of alpha / rank. */
  rsLora: boolean
  /** GGUF names of the modules that the adapter changes, in the order of `linearModules`. */
  targets: LinearModule[]
  /** Alpha of single modules, by PEFT module name, its ending, or a regular expression; the first key that matches counts. */
  alphaPattern: Record<string, number>
  /** Rank of single modules, likewise. */
  rankPattern: Record<string, number>
  /** Id or name of the base model that the adapter was trained on. */
  base: string
}

/** The factor that a module's product is multiplied with. @param module its PEFT name, e.g. `model.layers.0.mlp.up_proj` */
export function adapterScale(config: AdapterConfig, module: string, rank: number): number {
  const alpha = patternValue(config.alphaPattern, module) ?? config.alpha
  return config.rsLora ? alpha / Math.sqrt(rank) : alpha / rank
}

/** The rank that the configuration promises for a module. */
export function promisedRank(config: AdapterConfig, module: string): number {
  return patternValue(config.rankPattern, module) ?? config.rank
}

/** The hash of everything in the configuration that changes results; the base's name is not part of it. */
export function adapterConfigHash(config: AdapterConfig): Hex {
  const { rank, alpha, rsLora, targets, alphaPattern, rankPattern } = config
  // Objects are hashed without their order, but of two keys that match a module the first one decides.
  const order = [alphaPattern, rankPattern].map((pattern) => Object.keys(pattern))
  const sorted = order.every((keys) => keys.every((key, index) => index === 0 || keys[index - 1]! < key))
  return hashJson({ rank, alpha, rsLora, targets: [...targets].sort(), alphaPattern, rankPattern, ...(sorted ? {} : { patternOrder: order }) })
}

/** The configuration as PEFT writes it. */
export function toPeftConfig(config: AdapterConfig): Record<string, unknown> {
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: config.base,
    r: config.rank,
    lora_alpha: config.alpha,
    lora_dropout: 0,
    use_rslora: config.rsLora,
    use_dora: false,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    target_modules: config.targets.map((target) => peftModules[target].split('.')[1]!).sort(),
    modules_to_save: null,
    rank_pattern: config.rankPattern,
    alpha_pattern: config.alphaPattern,
  }
}

/**
 * Reads PEFT's configuration; what would change results and is not computed here is refused.
 * @throws InputError `ADAPTER_CONFIG`
 */
export function fromPeftConfig(raw: unknown): AdapterConfig {
  const bad = (why: string, field?: string): never => fail('ADAPTER_CONFIG', `adapter_config.json: ${why}`, { field })
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return bad('it is not an object')
  const peft = raw as Record<string, unknown>
  if (peft.peft_type !== 'LORA') bad(`peft_type ${String(peft.peft_type)} is not LORA`, 'peft_type')
  if ((peft.bias ?? 'none') !== 'none') bad('adapters with biases cannot be computed', 'bias')
  for (const field of ['use_dora', 'fan_in_fan_out', 'use_qalora', 'lora_bias', 'alora_invocation_tokens', 'arrow_config']) if (peft[field]) bad(`${field} cannot be computed`, field)
  for (const field of ['modules_to_save', 'layers_to_transform', 'trainable_token_indices', 'target_parameters', 'megatron_config']) {
    const value = peft[field]
    if (value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)) bad(`${field} cannot be computed`, field)
  }
  const rank = peft.r
  if (typeof rank !== 'number' || !Number.isSafeInteger(rank) || rank < 1 || rank > maxRank) return bad(`r is ${String(rank)}, not a whole number from 1 to ${maxRank}`, 'r')
  const alpha = peft.lora_alpha
  if (typeof alpha !== 'number' || !Number.isFinite(alpha) || alpha === 0) return bad(`lora_alpha is ${String(alpha)}, not a number other than 0`, 'lora_alpha')
  const rsLora = peft.use_rslora ?? false
  if (typeof rsLora !== 'boolean') return bad('use_rslora is not true or false', 'use_rslora')
  return {
    rank,
    alpha,
    rsLora,
    targets: readTargets(peft.target_modules, bad),
    alphaPattern: readPattern(peft.alpha_pattern, 'alpha_pattern', bad),
    rankPattern: readPattern(peft.rank_pattern, 'rank_pattern', bad),
    base: typeof peft.base_model_name_or_path === 'string' ? peft.base_model_name_or_path : '',
  }
}

type Bad = (why: string, field?: string) => never

function readTargets(raw: unknown, bad: Bad): LinearModule[] {
  if (raw === 'all-linear') return [...linearModules]
  if (!Array.isArray(raw) || raw.length === 0) return bad('target_modules is not a list of module names', 'target_modules')
  const wanted = new Set<LinearModule>()
  for (const name of raw) {
    const found = linearModules.find((module) => peftModules[module] === name || peftModules[module].endsWith(`.${String(name)}`))
    if (!found) bad(`target module ${String(name)} cannot be computed`, 'target_modules')
    else wanted.add(found)
  }
  return linearModules.filter((module) => wanted.has(module))
}

function readPattern(raw: unknown, field: string, bad: Bad): Record<string, number> {
  if (raw === null || raw === undefined) return {}
  if (typeof raw !== 'object' || Array.isArray(raw)) return bad(`${field} is not an object`, field)
  const entries = Object.entries(raw as Record<string, unknown>)
  checkPattern(entries.map(([key]) => key), (why) => bad(`${field}: ${why}`, field))
  const pattern: Record<string, number> = {}
  for (const [key, value] of entries) {
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return bad(`${field} of ${key} is not a positive number`, field)
    if (field === 'rank_pattern' && (!Number.isSafeInteger(value) || value > maxRank)) return bad(`${field} of ${key} is ${value}, not a whole number from 1 to ${maxRank}`, field)
    pattern[key] = value
  }
  return pattern
}
