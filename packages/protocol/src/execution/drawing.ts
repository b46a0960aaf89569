import { encodeAbiParameters, keccak256, type Address } from 'viem'
import type { Hex } from '../encoding/bytes.ts'

const bytes32 = { type: 'bytes32' } as const
const address = { type: 'address' } as const
const wholePpm = 1_000_000n

/** What a committee says of an answer, as the contract counts them. */
export const verdicts = ['undecided', 'right', 'wrong'] as const
export type ExecutionVerdict = (typeof verdicts)[number]

/** Whether the beacon's seed draws a receipt: keccak(abi.encode(seed, receipt id)) modulo a million lies below the rate. @param ratePpm parts per million */
export function isReceiptDrawn(seed: Hex, ratePpm: number, receiptId: Hex): boolean {
  return BigInt(keccak256(encodeAbiParameters([bytes32, bytes32], [seed, receiptId]))) % wholePpm < BigInt(ratePpm)
}

/** An auditor's ticket for a committee: the smaller, the sooner a member. @param seed the one that the committee's round has taken */
export function committeeTicket(seed: Hex, auditor: Address): bigint {
  return BigInt(keccak256(encodeAbiParameters([bytes32, address], [seed, auditor])))
}

/** The seed that a round will take from its block, before anybody takes it. */
export function committeeSeed(blockHash: Hex, receiptId: Hex, round: number): Hex {
  const subject = keccak256(encodeAbiParameters([bytes32, { type: 'uint8' }], [receiptId, round]))
  return keccak256(encodeAbiParameters([bytes32, bytes32], [blockHash, subject]))
}

/** What an auditor commits to: keccak(abi.encode(receipt id, case number, round, auditor, verdict, salt)). */
export function verdictCommitment(vote: { receiptId: Hex; number: bigint; round: number; auditor: Address; verdict: ExecutionVerdict; salt: Hex }): Hex {
  const types = [bytes32, { type: 'uint64' }, { type: 'uint8' }, address, { type: 'uint8' }, bytes32] as const
  return keccak256(encodeAbiParameters(types, [vote.receiptId, vote.number, vote.round, vote.auditor, verdicts.indexOf(vote.verdict), vote.salt]))
}
