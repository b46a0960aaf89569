import { formatUnits, parseUnits } from 'viem'
import { fail } from '../errors/fail.ts'

/** The decimals of OPEN: amounts are bigint in units of 10⁻¹⁸ OPEN. */
export const openDecimals = 18

/** Shares are integers in parts per million; a whole is this many. */
export const wholePpm = 1_000_000

/** Reads a decimal amount of OPEN ("1.5") as the smallest unit; fails with BAD_AMOUNT. */
export function parseOpen(text: string): bigint {
  if (!/^\d{1,30}(\.\d{1,18})?$/.test(text)) fail('BAD_AMOUNT', `"${text.slice(0, 40)}" is not an amount of OPEN such as 1.5`)
  return parseUnits(text, openDecimals)
}

/** Writes the smallest unit as a decimal amount of OPEN without the coin's name. */
export function formatOpen(amount: bigint): string {
  return formatUnits(amount, openDecimals)
}
