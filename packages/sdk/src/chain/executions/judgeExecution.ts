import { encodeFunctionData, parseEventLogs, type Address, type TransactionReceipt } from 'viem'
import { executionCourtAbi, verdictCommitment, verdicts, type ExecutionVerdict, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { sendCall } from '../connection/sendCall.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'

const abi = executionCourtAbi
const send = (writer: LedgerWriter, name: string, data: Hex): Promise<TransactionReceipt> => sendCall(writer, { name, to: writer.addresses.executionCourt, data })

/** What an auditor says of an answer, in which case and round. */
export type ExecutionVote = { receiptId: Hex; number: bigint; round: number; verdict: ExecutionVerdict; salt: Hex }

/**
 * Commits the sender's verdict. The vote and its salt must be kept until the reveal: a vote that is not revealed costs a part of the bond.
 * Fails with NOT_ON_COMMITTEE for who is not enrolled, is a party or was not drawn; SEED_AHEAD, TOO_LATE.
 * @returns false when the committee's seed had to be moved to another block: commit again after the next one
 */
export async function commitVerdict(writer: LedgerWriter, vote: ExecutionVote): Promise<boolean> {
  const commitment = verdictCommitment({ ...vote, auditor: writer.walletClient.account.address })
  const { logs } = await send(writer, 'verdict', encodeFunctionData({ abi, functionName: 'commit', args: [vote.receiptId, commitment] }))
  return parseEventLogs({ abi, eventName: 'VerdictCommitted', logs }).length > 0
}

/** Opens the sender's verdict after the commits are closed. Fails with TOO_EARLY, TOO_LATE, NOT_ON_COMMITTEE, WRONG_VOTE. */
export async function revealVerdict(writer: LedgerWriter, { receiptId, verdict, salt }: Pick<ExecutionVote, 'receiptId' | 'verdict' | 'salt'>): Promise<TransactionReceipt> {
  return send(writer, 'reveal', encodeFunctionData({ abi, functionName: 'reveal', args: [receiptId, verdicts.indexOf(verdict), salt] }))
}

/** What an appeal costs now, smallest unit. Fails with LAST_INSTANCE, WRONG_STAGE. */
export async function readAppealBond(reader: LedgerReader, receiptId: Hex): Promise<bigint> {
  const address = reader.addresses.executionCourt
  return readLedger(reader, 'bond', (client) => client.readContract({ address, abi, functionName: 'appealBond', args: [receiptId] }))
}

/** Asks for a committee twice as large, against what the last one said; the bond is lost unless the appeal is right, or nobody answers it. */
export async function appealVerdict(writer: LedgerWriter, receiptId: Hex): Promise<TransactionReceipt> {
  await ensureWopen(writer, writer.addresses.executionCourt, await readAppealBond(writer, receiptId))
  return send(writer, 'appeal', encodeFunctionData({ abi, functionName: 'appeal', args: [receiptId] }))
}

/** Ends a case after the time to appeal: slashes or acquits, and divides what was put down; anyone may send it. */
export async function settleExecution(writer: LedgerWriter, receiptId: Hex): Promise<ExecutionVerdict> {
  const { logs } = await send(writer, 'settlement of a case', encodeFunctionData({ abi, functionName: 'settle', args: [receiptId] }))
  const [event] = parseEventLogs({ abi, eventName: 'ExecutionJudged', logs })
  return verdicts[event?.args.verdict ?? 0] ?? 'undecided'
}

/** Slashes a member who did not reveal its verdict; anyone may send it and gets the prover's part. */
export async function convictSilentAuditor(writer: LedgerWriter, receiptId: Hex, round: number, auditor: Address): Promise<TransactionReceipt> {
  return send(writer, 'conviction', encodeFunctionData({ abi, functionName: 'convictAuditor', args: [receiptId, round, auditor] }))
}

/** Puts OPEN where committees are paid from for answers that the beacon drew. @param amount smallest unit */
export async function fundAudits(writer: LedgerWriter, amount: bigint): Promise<TransactionReceipt> {
  await ensureWopen(writer, writer.addresses.executionCourt, amount)
  return send(writer, 'funds of audits', encodeFunctionData({ abi, functionName: 'addFunds', args: [amount] }))
}

/** What is left to pay committees for answers that the beacon drew, smallest unit. */
export async function readAuditFund(reader: LedgerReader): Promise<bigint> {
  return readLedger(reader, 'funds of audits', (client) => client.readContract({ address: reader.addresses.executionCourt, abi, functionName: 'fund' }))
}

/** What an account can withdraw from the court: fees, deposits that come back, and the prover's part. */
export async function readAuditPay(reader: LedgerReader, account: Address): Promise<bigint> {
  return readLedger(reader, 'pay', (client) => client.readContract({ address: reader.addresses.executionCourt, abi, functionName: 'owed', args: [account] }))
}

/** Pays an account what the court owes it, in WOPEN; anyone may send it. Fails with NOTHING_OWED. */
export async function withdrawAuditPay(writer: LedgerWriter, account: Address = writer.walletClient.account.address): Promise<TransactionReceipt> {
  return send(writer, 'withdrawal of pay', encodeFunctionData({ abi, functionName: 'withdraw', args: [account] }))
}
