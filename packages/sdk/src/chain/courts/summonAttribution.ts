import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { attributionCourtAbi, type Attribution, type Hex, type Receipt } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { readParameters } from '../parameters/readParameters.ts'
import { settleSlashes } from '../stakes/settleSlashes.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'

const abi = attributionCourtAbi

/**
 * Calls a node upon to show the attribution that its receipt left open until `deadline` (Unix seconds), once that has passed. Puts the deposit down:
 * the node gets it by answering; it comes back with a part of the node's bond when the node stays silent.
 */
export async function summonAttribution(writer: LedgerWriter, receipt: { statement: Receipt; signature: Hex }, deadline: number): Promise<TransactionReceipt> {
  const { attributionCourt } = writer.addresses
  const { challengeDeposit } = await readParameters(writer)
  await ensureWopen(writer, attributionCourt, challengeDeposit)
  const data = encodeFunctionData({ abi, functionName: 'summon', args: [receipt.statement, receipt.signature, BigInt(deadline)] })
  return sendCall(writer, { name: 'summons', to: attributionCourt, data })
}

/** Shows the attribution of a receipt whose node is summoned; anyone may send it. */
export async function answerSummons(writer: LedgerWriter, attribution: { statement: Attribution; signature: Hex }): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'answer', args: [attribution.statement, attribution.signature] })
  return sendCall(writer, { name: 'answer to a summons', to: writer.addresses.attributionCourt, data })
}

/** Sends what the court convicts by, and settles the slash, which pays the accuser. */
async function convict(writer: LedgerWriter, name: string, data: Hex): Promise<TransactionReceipt> {
  const conviction = await sendCall(writer, { name, to: writer.addresses.attributionCourt, data })
  await settleSlashes(writer, conviction.logs)
  return conviction
}

/** Slashes a node that was summoned and let the window pass; anyone may send it, the accuser gets the prover's part. */
export async function convictSilence(writer: LedgerWriter, receiptId: Hex): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'convictSilence', args: [receiptId] })
  return convict(writer, 'conviction', data)
}

/** Shows two attributions of one receipt that say different things; the sender gets a part of the node's bond. Fails with ONE_ATTRIBUTION. */
export async function proveTwoAttributions(writer: LedgerWriter, receipt: Receipt, ...attributions: readonly [{ statement: Attribution; signature: Hex }, { statement: Attribution; signature: Hex }]): Promise<TransactionReceipt> {
  const [first, second] = attributions
  const data = encodeFunctionData({ abi, functionName: 'proveTwoAttributions', args: [receipt, first.statement, first.signature, second.statement, second.signature] })
  return convict(writer, 'two attributions', data)
}
