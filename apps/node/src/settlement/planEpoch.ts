import { buildEpoch, OpenLedgerError, rootsInForce, type AttributedReceipt, type EpochFile, type EpochLedger, type Hex, type Network, type Share } from '@openledger/protocol'
import type { Balance } from '@openledger/protocol'
import type { Address } from 'viem'

/** A receipt that waits for its epoch. */
export type WaitingReceipt = AttributedReceipt & { id: Hex; channelId: Hex; channelTotal: bigint; shares: Share[] }

/** The highest voucher of a channel. */
export type HeldVoucher = { channelId: Hex; cumulative: bigint; signature: Hex }

export type EpochPlan = { ledger: EpochLedger; file: EpochFile; vouchers: HeldVoucher[] }

export type PlanInput = {
  network: Network
  gateway: Address
  index: number
  receipts: readonly WaitingReceipt[]
  vouchers: ReadonlyMap<Hex, HeldVoucher>
  previousBalances: readonly Balance[]
  /** The most that the epoch can promise, smallest unit; what does not fit waits for a later one. */
  room: bigint
}

/** The receipts whose channel has a voucher for them. A receipt between two vouchers waits; so does one whose channel has none. */
export function vouchered(receipts: readonly WaitingReceipt[], vouchers: ReadonlyMap<Hex, HeldVoucher>): WaitingReceipt[] {
  return receipts.filter((r) => r.channelTotal <= (vouchers.get(r.channelId)?.cumulative ?? 0n))
}

/** The receipts that fit, in order; a large one does not hold up the smaller ones behind it. */
function fitting(receipts: readonly WaitingReceipt[], room: bigint): WaitingReceipt[] {
  let left = room
  return receipts.filter(({ receipt }) => {
    const { fee } = receipt.statement
    if (fee > left) return false
    left -= fee
    return true
  })
}

/**
 * Puts an epoch together: exactly the receipts that vouchers cover, and the vouchers that pay for them. A voucher may pay for receipts beside
 * them that are still open: what is collected for those is credited to the gateway, and waits for their epoch.
 * @returns undefined when no receipt is covered
 * @throws OpenLedgerError BOND_USED_UP when receipts are covered and none of them fits
 */
export function planEpoch({ network, gateway, index, receipts, vouchers, previousBalances, room }: PlanInput): EpochPlan | undefined {
  const waiting = vouchered(receipts, vouchers)
  if (waiting.length === 0) return undefined
  const covered = fitting(waiting, room)
  if (covered.length === 0) {
    throw new OpenLedgerError('BOND_USED_UP', `the gateway's bond covers ${room} more, and no answer that waits costs as little`, { action: 'retry', fix: 'bond more for the gateway, or wait until its earlier epochs are final' })
  }
  const used = [...new Set(covered.map((r) => r.channelId))].map((channelId) => vouchers.get(channelId)!)
  const ledger = buildEpoch(covered.map((r) => ({ receiptId: r.id, node: r.receipt.statement.node, nonce: r.receipt.statement.nonce, shareRoot: rootsInForce(r).shareRoot, shares: r.shares })), previousBalances)
  const byId = new Map(covered.map((r) => [r.id, r]))
  const file: EpochFile = {
    kind: 'openledger/epoch/1',
    chainId: network.chainId,
    epochs: network.contracts.epochs,
    gateway,
    index,
    previousBalances: [...previousBalances],
    receipts: ledger.receipts.map(({ receiptId: id }) => {
      const { receipt, attributionDeadline, completion, shares } = byId.get(id)!
      return { id, receipt, ...(attributionDeadline === undefined ? {} : { attributionDeadline }), ...(completion ? { completion } : {}), shares }
    }),
    lines: ledger.lines,
    balances: ledger.balances,
    total: ledger.total,
  }
  return { ledger, file, vouchers: used }
}
