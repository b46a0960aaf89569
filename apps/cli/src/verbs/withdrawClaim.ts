import { fail, type Hex } from '@openledger/protocol'
import { readClaimRounds, withdrawEstateClaim, type LedgerWriter } from '@openledger/sdk'
import type { Address } from 'viem'
import { hasCode } from './hasCode.ts'

/**
 * Takes the deposit of a claim back whose gateway has come back; it goes to who filed the claim.
 * @throws InputError NO_CLAIM, CLAIM_STILL_STANDS
 */
export async function withdrawClaim(writer: LedgerWriter, gateway: Address, receiptId: Hex): Promise<void> {
  for (const round of await readClaimRounds(writer, gateway, receiptId)) {
    try {
      await withdrawEstateClaim(writer, gateway, round, receiptId)
      return
    } catch (error) {
      // Taken back already, or refuted: an earlier one may still be there.
      if (!hasCode(error, 'NO_CLAIM')) throw error
    }
  }
  fail('NO_CLAIM', 'no claim for this receipt holds a deposit', { field: 'receipt', fix: 'give the whole id; openledger money <key> shows deposits' })
}
