import { buildEpoch, fail, type EpochFile, type EpochLedger, type Hex, type Network, type Receipt, type Share } from '@openledger/protocol'
import type { Balance } from '@openledger/protocol'
import type { Address } from 'viem'

/** A receipt that waits for its epoch. */
export type WaitingReceipt = { id: Hex; channelId: Hex; channelTotal: bigint; statement: Receipt; signature: Hex; shares: Share[] }

/** The highest voucher of a channel, and what is left to collect it from. */
export type HeldVoucher = { channelId: Hex; cumulative: bigint; signature: Hex }

export type EpochPlan = { ledger: EpochLedger; file: EpochFile; vouchers: HeldVoucher[] }

export type PlanInput = {
  network: Network
  gateway: Address
  index: number
  receipts: readonly WaitingReceipt[]
  vouchers: ReadonlyMap<Hex, HeldVoucher>
  previousBalances: readonly Balance[]
}

/** The receipts whose channel has a voucher for them. A receipt between two vouchers waits; so does one whose channel has none. */
export function vouchered(receipts: readonly WaitingReceipt[], vouchers: ReadonlyMap<Hex, HeldVoucher>): WaitingReceipt[] {
  return receipts.filter((r) => r.channelTotal <= (vouchers.get(r.channelId)?.cumulative ?? 0n))
}

/**
 * Puts an epoch together: exactly the receipts that vouchers cover, and exactly the vouchers that pay for them.
 * @returns undefined when no receipt is covered
 * @throws InputError EPOCH_UNEVEN when the receipts of a channel do not end where its voucher ends
 */
export function planEpoch({ network, gateway, index, receipts, vouchers, previousBalances }: PlanInput): EpochPlan | undefined {
  const covered = vouchered(receipts, vouchers)
  if (covered.length === 0) return undefined
  const tops = new Map<Hex, bigint>()
  for (const r of covered) if (r.channelTotal > (tops.get(r.channelId) ?? 0n)) tops.set(r.channelId, r.channelTotal)
  const used = [...tops].map(([channelId, top]) => {
    const voucher = vouchers.get(channelId)!
    if (voucher.cumulative !== top) fail('EPOCH_UNEVEN', `the voucher of channel ${channelId} is for ${voucher.cumulative}, its answers end at ${top}`, { action: 'stop' })
    return voucher
  })
  const ledger = buildEpoch(covered.map((r) => ({ receiptId: r.id, node: r.statement.node, nonce: r.statement.nonce, shares: r.shares })), previousBalances)
  const byId = new Map(covered.map((r) => [r.id, r]))
  const file: EpochFile = {
    kind: 'openledger/epoch/1',
    chainId: network.chainId,
    epochs: network.contracts.epochs,
    gateway,
    index,
    previousBalances: [...previousBalances],
    receipts: ledger.receiptIds.map((id) => {
      const { statement, signature, shares } = byId.get(id)!
      return { id, receipt: { statement, signature }, shares }
    }),
    lines: ledger.lines,
    balances: ledger.balances,
    total: ledger.total,
  }
  return { ledger, file, vouchers: used }
}
