import { encodeFunctionData, type TransactionReceipt } from 'viem'
import { executionCourtAbi, type ExecutionOpening, type Hex, type Receipt } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { readParameters } from '../parameters/readParameters.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'
import { anchoredArgument, type AnchoredReceipt } from './AnchoredReceipt.ts'
import { readAuditTerms } from './drawReceipts.ts'

const abi = executionCourtAbi

/** Calls upon a node to open an answer that the beacon drew; anyone may, for nothing. Fails with NOT_SAMPLED, ALREADY_TRIED, WINDOW_CLOSED. */
export async function sampleReceipt(writer: LedgerWriter, anchored: AnchoredReceipt): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'sample', args: [anchoredArgument(anchored)] })
  return sendCall(writer, { name: 'sample', to: writer.addresses.executionCourt, data })
}

/** What a challenge puts down, smallest unit: the deposit and the first committee's fees. */
export async function challengeCost(reader: LedgerReader): Promise<bigint> {
  const [{ challengeDeposit }, { size, fee }] = await Promise.all([readParameters(reader), readAuditTerms(reader)])
  return challengeDeposit + BigInt(size) * fee
}

/** Calls upon a node to open any answer of an open epoch; what is put down is lost when the answer is right. Fails with ALREADY_TRIED, WINDOW_CLOSED. */
export async function challengeReceipt(writer: LedgerWriter, anchored: AnchoredReceipt): Promise<TransactionReceipt> {
  const { executionCourt } = writer.addresses
  await ensureWopen(writer, executionCourt, await challengeCost(writer))
  const data = encodeFunctionData({ abi, functionName: 'challenge', args: [anchoredArgument(anchored)] })
  return sendCall(writer, { name: 'challenge', to: executionCourt, data })
}

/** Opens an answer that its node is called upon to open; anyone may send it. Fails with WRONG_STAGE when there is no summons, TOO_LATE, WRONG_OPENING. */
export async function openExecution(writer: LedgerWriter, receipt: Receipt, opening: ExecutionOpening): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'open', args: [receipt, opening] })
  return sendCall(writer, { name: 'opening of an answer', to: writer.addresses.executionCourt, data })
}

/** Slashes a node that did not open its answer in time; anyone may send it, the accuser gets the prover's part. */
export async function convictExecutionSilence(writer: LedgerWriter, receiptId: Hex): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'convictSilence', args: [receiptId] })
  return sendCall(writer, { name: 'conviction', to: writer.addresses.executionCourt, data })
}
