import type { Ledger } from '../ledger/Ledger.ts'
import type { VoucherInput } from './checkVoucher.ts'
import type { PromiseBook } from './PromiseBook.ts'

/** How a gateway keeps vouchers: each counts when it is on the disk, and the promises for what it pays for are due. */
export const keepVoucher =
  (ledger: Pick<Ledger, 'keep'>, promises?: Pick<PromiseBook, 'due'>) =>
  async ({ channelId, cumulative, signature }: VoucherInput): Promise<void> => {
    await ledger.keep('voucher', { channelId, cumulative: cumulative.toString(), signature })
    promises?.due(channelId)
  }
