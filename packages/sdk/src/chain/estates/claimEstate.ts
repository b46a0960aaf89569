import { encodeFunctionData, type Address, type TransactionReceipt } from 'viem'
import { estatesAbi, type AttributedReceipt, type Hex, type PromiseFile, type Share } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { attributedArgument } from '../epochs/attributedArgument.ts'
import type { EpochHeader } from '../epochs/EpochHeader.ts'
import { receiptArgument, type ReceiptOpening } from '../epochs/openings.ts'
import { readParameters } from '../parameters/readParameters.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'

const abi = estatesAbi
const send = (writer: LedgerWriter, name: string, data: Hex): Promise<TransactionReceipt> => sendCall(writer, { name, to: writer.addresses.estates, data })

/**
 * Files a promised receipt of a silent gateway. Puts the deposit down, which comes back when the receipt is paid and is lost when somebody
 * shows that an epoch settled it.
 * @param shares all shares in force; they sum to the fee
 */
export async function fileEstateClaim(writer: LedgerWriter, promise: Pick<PromiseFile, 'statement' | 'signature'>, signed: AttributedReceipt, shares: readonly Share[]): Promise<TransactionReceipt> {
  const { challengeDeposit } = await readParameters(writer)
  await ensureWopen(writer, writer.addresses.estates, challengeDeposit)
  return send(writer, 'claim', encodeFunctionData({ abi, functionName: 'file', args: [promise.statement, promise.signature, attributedArgument(signed), shares] }))
}

/** Shows the Attribution of a claimed receipt, whose shares take the place of the receipt's; where another was shown before, `shares` are the receipt's own again. */
export async function attributeEstateClaim(writer: LedgerWriter, gateway: Address, signed: AttributedReceipt, shares: readonly Share[]): Promise<TransactionReceipt> {
  return send(writer, 'Attribution', encodeFunctionData({ abi, functionName: 'attribute', args: [gateway, attributedArgument(signed), shares] }))
}

/** Refutes a claim by a final epoch that settled its receipt; the sender gets half the deposit. */
export async function refuteEstateClaim(writer: LedgerWriter, { gateway, epoch, opening }: { gateway: Address; epoch: EpochHeader; opening: ReceiptOpening }): Promise<TransactionReceipt> {
  return send(writer, 'refutation', encodeFunctionData({ abi, functionName: 'refute', args: [gateway, epoch, receiptArgument(opening)] }))
}

/** Takes the deposit of a claim back whose gateway has come back. @param round of the gateway, when the claim was filed */
export async function withdrawEstateClaim(writer: LedgerWriter, gateway: Address, round: number, receiptId: Hex): Promise<TransactionReceipt> {
  return send(writer, 'withdrawal of a claim', encodeFunctionData({ abi, functionName: 'withdrawClaim', args: [gateway, round, receiptId] }))
}
