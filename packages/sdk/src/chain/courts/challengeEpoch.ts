import { encodeFunctionData, type Address } from 'viem'
import { epochCourtAbi, type Hex, type Receipt } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import type { EpochHeader } from '../epochs/EpochHeader.ts'
import { lineArgument, receiptArgument, shareArgument, type LineOpening, type ReceiptOpening, type ShareOpening } from '../epochs/openings.ts'
import { settleVerdict } from '../epochs/settleVerdict.ts'
import { readParameters } from '../parameters/readParameters.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'

const abi = epochCourtAbi

/** What an epoch is accused of. Lists hold one opening, of the entry itself, or those of the neighbours around the gap where it would stand: two, one at an end, none in an empty tree. */
export type EpochClaim =
  /** The last line carries another total; no line where the epoch has none. */
  | { name: 'total'; last: readonly LineOpening[] }
  /** Two neighbouring receipts are out of order, or there is another number of receipts. */
  | { name: 'receipts'; first: ReceiptOpening; second: ReceiptOpening }
  /** A receipt stands in an earlier epoch too. */
  | { name: 'repeated-receipt'; here: ReceiptOpening; earlier: EpochHeader; there: ReceiptOpening }
  /** A receipt is another gateway's, or has other shares than it names. */
  | { name: 'misplaced-receipt'; opening: ReceiptOpening; receipt: Receipt }
  /** No receipt of the epoch contains this line. */
  | { name: 'foreign-line'; line: LineOpening; receipt: readonly ReceiptOpening[]; share: readonly ShareOpening[] }
  /** No line pays this share of a receipt. */
  | { name: 'missing-line'; receipt: ReceiptOpening; share: ShareOpening; lines: readonly LineOpening[] }

/** The call by which a claim is brought before the court of epochs. */
export function epochClaimCall(gateway: Address, epoch: EpochHeader, claim: EpochClaim): Hex {
  switch (claim.name) {
    case 'total':
      return encodeFunctionData({ abi, functionName: 'challengeTotal', args: [gateway, epoch, claim.last.map(lineArgument)] })
    case 'receipts':
      return encodeFunctionData({ abi, functionName: 'challengeReceipts', args: [gateway, epoch, receiptArgument(claim.first), receiptArgument(claim.second)] })
    case 'repeated-receipt':
      return encodeFunctionData({ abi, functionName: 'challengeRepeatedReceipt', args: [gateway, epoch, receiptArgument(claim.here), claim.earlier, receiptArgument(claim.there)] })
    case 'misplaced-receipt':
      return encodeFunctionData({ abi, functionName: 'challengeMisplacedReceipt', args: [gateway, epoch, receiptArgument(claim.opening), claim.receipt] })
    case 'foreign-line':
      return encodeFunctionData({ abi, functionName: 'challengeForeignLine', args: [gateway, epoch, lineArgument(claim.line), claim.receipt.map(receiptArgument), claim.share.map(shareArgument)] })
    case 'missing-line':
      return encodeFunctionData({ abi, functionName: 'challengeMissingLine', args: [gateway, epoch, receiptArgument(claim.receipt), shareArgument(claim.share), claim.lines.map(lineArgument)] })
  }
}

/**
 * Accuses an epoch whose window is open before the court of epochs, and puts the deposit down.
 * @returns whether the fault was proven and the epoch is void; when not, the gateway has the deposit
 */
export async function challengeEpoch(writer: LedgerWriter, gateway: Address, epoch: EpochHeader, claim: EpochClaim): Promise<boolean> {
  const { epochCourt } = writer.addresses
  const { challengeDeposit } = await readParameters(writer)
  await ensureWopen(writer, epochCourt, challengeDeposit)
  const { logs } = await sendCall(writer, { name: 'challenge', to: epochCourt, data: epochClaimCall(gateway, epoch, claim) })
  return settleVerdict(writer, logs)
}
