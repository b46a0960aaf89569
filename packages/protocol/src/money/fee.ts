import { ceilDivide } from './ceilDivide.ts'
import type { Deployment } from '../statements/messages.ts'

export type Usage = { inputTokens: number; outputTokens: number }

/**
 * The fee of one answer in the smallest unit: `in/1000·R_in + out/1000·R_out`, rounded up once, plus the platform fee.
 * @param platformFee smallest unit per answer
 */
export function answerFee(deployment: Pick<Deployment, 'inputPrice' | 'outputPrice'>, usage: Usage, platformFee: bigint): bigint {
  const metered = BigInt(usage.inputTokens) * deployment.inputPrice + BigInt(usage.outputTokens) * deployment.outputPrice
  return ceilDivide(metered, 1000n) + platformFee
}
