import { fail } from '@openledger/protocol'
import { roundHalfEven } from '../influence/roundHalfEven.ts'

/** Losses in documents are integers of this many to the nat. */
export const microNatsPerNat = 1_000_000

/** The largest loss that a document holds: 1,000 nats per token. */
export const maxMicroNats = 1_000_000_000

/**
 * A loss as an integer: nats per token times 10⁶, rounded once to the nearest integer, ties to even.
 * @param loss mean negative log-likelihood per answer token, in nats
 * @throws InputError BAD_LOSS when it is not a number from 0 to 1,000
 */
export function microNats(loss: number): number {
  if (!(loss >= 0 && loss <= maxMicroNats / microNatsPerNat)) fail('BAD_LOSS', `a loss of ${loss} nats per token is not between 0 and 1,000`, { field: 'loss' })
  return roundHalfEven(loss * microNatsPerNat)
}
