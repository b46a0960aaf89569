import { encodeFunctionData, zeroAddress, type Address, type TransactionReceipt } from 'viem'
import { inclusionCourtAbi, type Hex, type InclusionPromise } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { sendCall } from '../connection/sendCall.ts'
import type { EpochHeader } from '../epochs/EpochHeader.ts'
import { receiptArgument, type ReceiptOpening } from '../epochs/openings.ts'
import { readParameters } from '../parameters/readParameters.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'

const abi = inclusionCourtAbi

/** A gateway that is called upon to show a receipt which it promised to settle; the deposit in the smallest unit, `answerBy` in Unix seconds. */
export type InclusionSummons = { accuser: Address; deposit: bigint; answerBy: number }

/**
 * Calls a gateway upon to show a receipt that it promised to settle, once the date is past. Puts the deposit down: the gateway gets it by
 * answering; it comes back with a part of the gateway's bond when the gateway stays silent.
 */
export async function summonPromise(writer: LedgerWriter, promise: { statement: InclusionPromise; signature: Hex }): Promise<TransactionReceipt> {
  const { inclusionCourt } = writer.addresses
  const { challengeDeposit } = await readParameters(writer)
  await ensureWopen(writer, inclusionCourt, challengeDeposit)
  const data = encodeFunctionData({ abi, functionName: 'summon', args: [promise.statement, promise.signature] })
  return sendCall(writer, { name: 'summons', to: inclusionCourt, data })
}

/** Shows a summoned receipt in an epoch of its gateway that stands; anyone may send it. */
export async function showInclusion(writer: LedgerWriter, { gateway, epoch, opening }: { gateway: Address; epoch: EpochHeader; opening: ReceiptOpening }): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'show', args: [gateway, epoch, receiptArgument(opening)] })
  return sendCall(writer, { name: 'answer to a summons', to: writer.addresses.inclusionCourt, data })
}

/** Slashes a gateway that was summoned and let the window pass; anyone may send it, the accuser gets the prover's part. */
export async function convictPromise(writer: LedgerWriter, gateway: Address, receiptId: Hex): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'convict', args: [gateway, receiptId] })
  return sendCall(writer, { name: 'conviction', to: writer.addresses.inclusionCourt, data })
}

/** The summons that stands for a promised receipt; null when there is none, or it was answered or decided. */
export async function readInclusionSummons(reader: LedgerReader, gateway: Address, receiptId: Hex): Promise<InclusionSummons | null> {
  const address = reader.addresses.inclusionCourt
  const found = await readLedger(reader, 'summons', (client) => client.readContract({ address, abi, functionName: 'getSummons', args: [gateway, receiptId] }))
  return found.accuser === zeroAddress ? null : found
}
