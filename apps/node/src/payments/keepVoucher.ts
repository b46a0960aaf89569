import type { Ledger } from '../ledger/Ledger.ts'
import type { VoucherInput } from './checkVoucher.ts'

/** How a gateway keeps vouchers: each counts when it is on the disk. */
export const keepVoucher =
  (ledger: Pick<Ledger, 'keep'>) =>
  async ({ channelId, cumulative, signature }: VoucherInput): Promise<void> =>
    void (await ledger.keep('voucher', { channelId, cumulative: cumulative.toString(), signature }))
