import { encodeFunctionData, parseEventLogs, type TransactionReceipt } from 'viem'
import { committeeVerifierAbi, voteCommitment, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'

const abi = committeeVerifierAbi

/** Offers the sender, a staked auditor, for committees of deliveries to come, for one stake thaw; renew it before it ends. */
export async function enrolAuditor(writer: LedgerWriter): Promise<TransactionReceipt> {
  return sendCall(writer, { name: 'enrolment', to: writer.addresses.committeeVerifier, data: encodeFunctionData({ abi, functionName: 'enrol' }) })
}

/**
 * Commits the sender's vote on a delivery. The salt must be kept until the reveal. Fails with NOT_ELIGIBLE, NOT_DRAWN, SEED_AHEAD.
 * @returns false when the committee's seed had to be moved to another block: commit again after the next one
 */
export async function commitVote(writer: LedgerWriter, guaranteeId: Hex, approves: boolean, salt: Hex): Promise<boolean> {
  const commitment = voteCommitment(guaranteeId, writer.walletClient.account.address, approves, salt)
  const data = encodeFunctionData({ abi, functionName: 'commit', args: [guaranteeId, commitment] })
  const { logs } = await sendCall(writer, { name: 'vote', to: writer.addresses.committeeVerifier, data })
  return parseEventLogs({ abi, eventName: 'Committed', logs }).length > 0
}

/** Opens the sender's vote after the commits are closed. Fails with TOO_EARLY, NOT_A_MEMBER, WRONG_REVEAL. */
export async function revealVote(writer: LedgerWriter, guaranteeId: Hex, approves: boolean, salt: Hex): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'reveal', args: [guaranteeId, approves, salt] })
  return sendCall(writer, { name: 'reveal', to: writer.addresses.committeeVerifier, data })
}

/** Shares a committee's fees after its reveals are closed; anyone may send it. */
export async function shareCommitteeFees(writer: LedgerWriter, guaranteeId: Hex): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'shareFees', args: [guaranteeId] })
  return sendCall(writer, { name: 'fees of a committee', to: writer.addresses.committeeVerifier, data })
}

/** Pays the sender what committees owe it. Fails with NOTHING_OWED. */
export async function withdrawCommitteeFees(writer: LedgerWriter): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'withdraw', args: [writer.walletClient.account.address] })
  return sendCall(writer, { name: 'withdrawal of fees', to: writer.addresses.committeeVerifier, data })
}
