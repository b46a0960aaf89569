import { encodeAbiParameters, keccak256, type Address } from 'viem'
import type { Hex } from '../encoding/bytes.ts'

/** How a committee of staked auditors judges a delivery. */
export type CommitteeTerms = {
  /** Odd, at most 15. */
  size: number
  /** What each member gets who votes with the majority, smallest unit of OPEN; the agent pays `size` of it with the delivery. */
  fee: bigint
  /** Seconds from the delivery on, at most seven days. */
  commitTime: number
  /** Seconds from the end of the commits on, at most seven days. */
  revealTime: number
}

const termsType = {
  type: 'tuple',
  components: [
    { name: 'size', type: 'uint8' },
    { name: 'fee', type: 'uint96' },
    { name: 'commitTime', type: 'uint32' },
    { name: 'revealTime', type: 'uint32' },
  ],
} as const
const bytes32 = { type: 'bytes32' } as const

/** What the committee's verifier holds a delivery against: keccak of the ABI-encoded terms. */
export function committeeCriterion(terms: CommitteeTerms): Hex {
  return keccak256(encodeAbiParameters([termsType], [terms]))
}

/** A delivery to a committee: the terms, the hash of the result and where it lies. */
export function committeeEvidence(terms: CommitteeTerms, resultHash: Hex, resultUri: string): Hex {
  return encodeAbiParameters([termsType, bytes32, { type: 'string' }], [terms, resultHash, resultUri])
}

/** What an auditor commits to: keccak(abi.encode(guarantee id, auditor, vote, salt)). */
export function voteCommitment(guaranteeId: Hex, auditor: Address, approves: boolean, salt: Hex): Hex {
  return keccak256(encodeAbiParameters([bytes32, { type: 'address' }, { type: 'bool' }, bytes32], [guaranteeId, auditor, approves, salt]))
}
