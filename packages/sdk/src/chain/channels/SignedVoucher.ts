import type { Hex, Voucher } from '@openledger/protocol'

/** A voucher with its payer's signature. */
export type SignedVoucher = Voucher & { signature: Hex }
