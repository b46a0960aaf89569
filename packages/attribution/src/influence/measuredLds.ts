import type { MethodName } from '../policy.ts'

/**
 * How well a method predicted real retraining on the public bank, as tables and documents name it: rank correlation of predicted and true change of loss
 * (LDS) for held-out and for generated answers, in ppm. From the bench's committed result; a method without figures has not been measured.
 */
export const measuredLds: Partial<Record<MethodName, { readonly ldsHeldOutPpm: number; readonly ldsGeneratedPpm: number; readonly [detail: string]: number | string }>> = {}
