import type { MethodName } from '../policy.ts'

/**
 * How well a method predicted real retraining on the public bank, as tables and documents name it: rank correlation of predicted and true change of loss
 * (LDS) for held-out and for generated answers, in ppm. The lower of the settings of `docs/bench/attribution.json`, cut to thousandths; `coalitions` with every
 * atom from random halves. A method without figures has not been measured.
 */
export const measuredLds: Partial<Record<MethodName, { readonly ldsHeldOutPpm: number; readonly ldsGeneratedPpm: number; readonly [detail: string]: number | string }>> = {
  responses: { ldsHeldOutPpm: 953_000, ldsGeneratedPpm: 941_000 },
  'responses-subsampled': { ldsHeldOutPpm: 947_000, ldsGeneratedPpm: 936_000 },
  trajectory: { ldsHeldOutPpm: 878_000, ldsGeneratedPpm: 798_000 },
  coalitions: { ldsHeldOutPpm: 731_000, ldsGeneratedPpm: 688_000 },
}
