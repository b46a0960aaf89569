import { policy } from '../policy.ts'
import type { Losses } from '../shares/influenceShares.ts'
import { microNatsPerNat } from '../shares/microNats.ts'
import { maxSurprisal } from '../spans/surprisal.ts'

/**
 * Says why surprisals cannot belong to a base loss: the loss is their mean. Each is rounded up by less than 1/1024 bit, and one of 64
 * bits may stand for more; so the mean bounds the loss from both sides, or from below only. Needs no model.
 */
export function surprisalFault(surprisals: readonly number[], losses: Losses): string | undefined {
  if (surprisals.length === 0) return undefined
  const microNatsPerUnit = (Math.LN2 * microNatsPerNat) / policy.unitsPerBit
  const mean = (surprisals.reduce((sum, s) => sum + s, 0) * microNatsPerUnit) / surprisals.length
  const isTooSmall = mean < losses.base - 2 && !surprisals.includes(maxSurprisal)
  if (!isTooSmall && mean - microNatsPerUnit <= losses.base + 2) return undefined
  return `their mean is ${Math.round(mean)} micro-nats per token, the base loss ${losses.base}`
}
