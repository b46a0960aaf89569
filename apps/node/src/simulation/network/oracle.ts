import type { Deployment, ReceiptBundle } from '@openledger/protocol'

const million = 1_000_000n

/** A fee divided by parts per million: each the whole units of its part, what is left to those whose part was cut by most, the first of equals first. */
function divide(fee: bigint, parts: readonly number[]): bigint[] {
  const exact = parts.map((part) => fee * BigInt(part))
  const whole = exact.map((value) => value / million)
  const left = Number(fee - whole.reduce((sum, value) => sum + value, 0n))
  const byCut = exact.map((value, index) => ({ index, cut: value % million })).sort((a, b) => (a.cut === b.cut ? a.index - b.index : a.cut > b.cut ? -1 : 1))
  for (const { index } of byCut.slice(0, left)) whole[index]! += 1n
  return whole
}

/**
 * What everybody must have in the end, by nothing but the receipts that payers paid for and the terms of the deployment: arithmetic of its own, so that a
 * fault in the code that settles shows.
 */
export function oracleBalances(receipts: readonly ReceiptBundle[], { owner, nodePpm, ownerPpm, stakersPpm }: Deployment, parties: { treasury: string; stakers: string }): Map<string, bigint> {
  const balances = new Map<string, bigint>()
  const pay = (payee: string, amount: bigint): void => {
    if (amount > 0n) balances.set(payee.toLowerCase(), (balances.get(payee.toLowerCase()) ?? 0n) + amount)
  }
  for (const { receipt, platformFee } of receipts) {
    const { fee, node } = receipt.statement
    const [nodePart, ownerPart, stakersPart] = divide(fee - platformFee, [nodePpm, ownerPpm, stakersPpm]) as [bigint, bigint, bigint]
    pay(parties.treasury, platformFee)
    pay(node, nodePart)
    pay(owner, ownerPart)
    pay(parties.stakers, stakersPart)
  }
  return balances
}
