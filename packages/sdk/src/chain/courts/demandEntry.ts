import { encodeFunctionData, zeroAddress, type Address, type TransactionReceipt } from 'viem'
import { epochCourtAbi, type AttributedReceipt, type Hex, type Share } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { sendCall } from '../connection/sendCall.ts'
import { attributedArgument } from '../epochs/attributedArgument.ts'
import type { EpochHeader } from '../epochs/EpochHeader.ts'
import { balanceArgument, lineArgument, receiptArgument, type BalanceOpening, type LineOpening, type ReceiptOpening } from '../epochs/openings.ts'
import { settleVerdict } from '../epochs/settleVerdict.ts'
import { readParameters } from '../parameters/readParameters.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'

const abi = epochCourtAbi

/** Which list of an epoch a demand is about, as the court numbers them. */
export const epochLists = ['receipts', 'lines', 'balances'] as const
export type EpochList = (typeof epochLists)[number]

/** One entry of an epoch that somebody wants to see. */
export type EntryDemand = { gateway: Address; epoch: EpochHeader; list: EpochList; place: number }

/** What answers a demand: the entry with its proof; of a receipt also what its node signed and all shares in force. For a balance any opening will do where there are not as many. */
export type EntryReveal = { list: 'receipts'; opening: ReceiptOpening; signed: AttributedReceipt; shares: readonly Share[] } | { list: 'lines'; opening: LineOpening } | { list: 'balances'; opening: BalanceOpening }

const argumentsOf = ({ gateway, epoch, list, place }: EntryDemand) => [gateway, epoch, epochLists.indexOf(list), BigInt(place)] as const

const send = (writer: LedgerWriter, name: string, data: Hex): Promise<TransactionReceipt> => sendCall(writer, { name, to: writer.addresses.epochCourt, data })

/** Calls a gateway upon to show an entry of an epoch, in the first third of its dispute window. Puts the deposit down: the gateway gets it by answering. */
export async function demandEntry(writer: LedgerWriter, demand: EntryDemand): Promise<TransactionReceipt> {
  const { challengeDeposit } = await readParameters(writer)
  await ensureWopen(writer, writer.addresses.epochCourt, challengeDeposit)
  return send(writer, 'demand', encodeFunctionData({ abi, functionName: 'demand', args: argumentsOf(demand) }))
}

/** Shows a demanded entry; anyone may send it. */
export async function revealEntry(writer: LedgerWriter, { gateway, epoch, place }: EntryDemand, reveal: EntryReveal): Promise<TransactionReceipt> {
  switch (reveal.list) {
    case 'receipts': {
      const signed = attributedArgument(reveal.signed)
      return send(writer, 'answer to a demand', encodeFunctionData({ abi, functionName: 'revealReceipt', args: [gateway, epoch, receiptArgument(reveal.opening), signed, reveal.shares] }))
    }
    case 'lines':
      return send(writer, 'answer to a demand', encodeFunctionData({ abi, functionName: 'revealLine', args: [gateway, epoch, lineArgument(reveal.opening)] }))
    case 'balances':
      return send(writer, 'answer to a demand', encodeFunctionData({ abi, functionName: 'revealBalance', args: [gateway, epoch, BigInt(place), balanceArgument(reveal.opening)] }))
  }
}

/** Voids an epoch whose gateway did not show a demanded entry, and slashes the gateway; anyone may send it, before the window closes. */
export async function convictWithheld(writer: LedgerWriter, demand: EntryDemand): Promise<TransactionReceipt> {
  const conviction = await send(writer, 'conviction', encodeFunctionData({ abi, functionName: 'convictSilence', args: argumentsOf(demand) }))
  await settleVerdict(writer, conviction.logs)
  return conviction
}

/** Gives the deposit of a demand back when its epoch is void or final meanwhile; anyone may send it. */
export async function withdrawDemand(writer: LedgerWriter, demand: EntryDemand): Promise<TransactionReceipt> {
  return send(writer, 'withdrawal of a demand', encodeFunctionData({ abi, functionName: 'withdrawDemand', args: argumentsOf(demand) }))
}

/** The demand that stands for an entry; null for none. */
export async function readDemand(reader: LedgerReader, epochHash: Hex, list: EpochList, place: number): Promise<{ accuser: Address; deposit: bigint; answerBy: number } | null> {
  const address = reader.addresses.epochCourt
  const found = await readLedger(reader, 'demand', (client) => client.readContract({ address, abi, functionName: 'getDemand', args: [epochHash, epochLists.indexOf(list), BigInt(place)] }))
  return found.accuser === zeroAddress ? null : found
}
