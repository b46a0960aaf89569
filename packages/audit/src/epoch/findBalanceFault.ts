import { compareHex, EpochTrees, type PostedEpoch } from '@openledger/protocol'
import type { EarlierEpoch, EpochFault } from './EpochFault.ts'

/**
 * Looks for a balance that is out of order, or not the one before plus what the payee earned.
 * @param previous the epoch before; without it only a first epoch's sums can be held against anything
 */
export function findBalanceFault(trees: EpochTrees, { index }: PostedEpoch, previous: EarlierEpoch | undefined): EpochFault | undefined {
  const { balances, lines } = trees.file
  const place = balances.findIndex((balance, i) => i > 0 && compareHex(balances[i - 1]!.payee, balance.payee) >= 0)
  if (place > 0) return { claim: { name: 'balance-order', first: trees.balance(place - 1), second: trees.balance(place) }, finding: `balance ${place} is out of order or stands there twice` }
  if (index > 0n && !previous) return undefined
  const before = new Map((previous?.file.balances ?? []).map((b) => [b.payee.toLowerCase(), b.cumulative]))
  const after = new Map(balances.map((b) => [b.payee.toLowerCase(), b.cumulative]))
  // The last line of a payee carries what it earned.
  const earned = new Map(lines.map((line) => [line.payee.toLowerCase(), line.runningTotal]))
  for (const payee of new Set([...before.keys(), ...earned.keys(), ...after.keys()]) as Set<`0x${string}`>) {
    const sum = (before.get(payee) ?? 0n) + (earned.get(payee) ?? 0n)
    if (sum === (after.get(payee) ?? 0n)) continue
    const old = previous ? { previous: previous.header, before: new EpochTrees(previous.file).findBalance(payee) } : { before: [] }
    return { claim: { name: 'balance', payee, ...old, earned: trees.findEarned(payee), afterwards: trees.findBalance(payee) }, finding: `the balance of ${payee} is ${after.get(payee) ?? 0n}; it should be ${sum}` }
  }
  return undefined
}
