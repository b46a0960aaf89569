import type { AdapterChoice, BaseChoice } from './world/openSensitivityWorld.ts'

/** How a node can lie about an answer, each as it would be done. */
export type Lie = {
  name: string
  /** What computes instead. */
  base: BaseChoice
  /** Null for the bare base. */
  adapter: AdapterChoice | null
  /**
   * What else is false: activations and logits are the right model's over tokens that were decoded by what is named above; the earlier half of the conversation was left
   * out; the second half of the answer was not computed; of several seeds the one with the shortest answer was taken.
   */
  twist?: 'right prefill' | 'half prompt' | 'half answer' | 'chosen seed'
}

const lie = (name: string, adapter: Lie['adapter'], base: Lie['base'] = 'declared', twist?: Lie['twist']): Lie => ({ name, base, adapter, twist })

/** No lie at all. */
export const honest = lie('honest', 'right')

/** Honest answers of bases in other encodings, which their receipts name: how far machines lie apart there. */
export const honestElsewhere: readonly Lie[] = [lie('honest, base in Q5_1', 'right', 'Q5_1'), lie('honest, base in Q4_0', 'right', 'Q4_0')]

/** The rows of the table. */
export const lies: readonly Lie[] = [
  lie('no adapter', null),
  lie('other adapter', 'other'),
  lie('alpha × 0.8', 'alpha 0.8'),
  lie('alpha × 0.9', 'alpha 0.9'),
  lie('alpha × 0.95', 'alpha 0.95'),
  lie('half of the rank', 'half rank'),
  lie('coarser base, Q5_1', 'right', 'Q5_1'),
  lie('coarser base, Q4_0', 'right', 'Q4_0'),
  lie('tokens of the bare base, right prefill', null, 'declared', 'right prefill'),
  lie('tokens of the Q4_0 base, right prefill', 'right', 'Q4_0', 'right prefill'),
  lie('half of the prompt', 'right', 'declared', 'half prompt'),
  lie('early stop', 'right', 'declared', 'half answer'),
  lie('seed grinding', 'right', 'declared', 'chosen seed'),
]
