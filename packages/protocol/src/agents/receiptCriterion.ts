import { encodeAbiParameters, keccak256, zeroAddress, type Address } from 'viem'
import type { Hex } from '../encoding/bytes.ts'
import { zeroHash } from '../ids/ids.ts'

/** What an anchored receipt must be to keep a promise. */
export type ReceiptTerms = {
  /** An adapter's id, or a base's id for the bare base. */
  modelId: Hex
  /** The receipt's `requestHash`; zero allows any request. */
  requestHash?: Hex
  /** Zero allows any gateway. */
  gateway?: Address
  /** Whether the answer's tokens come with the delivery. Default true. */
  opened?: boolean
}

/** The ABI type of the terms, as the contract has them. */
export const receiptTermsType = {
  type: 'tuple',
  components: [
    { name: 'modelId', type: 'bytes32' },
    { name: 'requestHash', type: 'bytes32' },
    { name: 'gateway', type: 'address' },
    { name: 'opened', type: 'bool' },
  ],
} as const

/** The terms with nothing left out. */
export function fullReceiptTerms({ modelId, requestHash = zeroHash, gateway = zeroAddress, opened = true }: ReceiptTerms): Required<ReceiptTerms> {
  return { modelId, requestHash, gateway, opened }
}

/** What the verifier of receipts holds a delivery against: keccak of the ABI-encoded terms. */
export function receiptCriterion(terms: ReceiptTerms): Hex {
  return keccak256(encodeAbiParameters([receiptTermsType], [fullReceiptTerms(terms)]))
}
