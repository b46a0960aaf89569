import { encodeAbiParameters } from 'viem'
import { concatBytes, fromHex, toHex, type Hex } from '../encoding/bytes.ts'
import type { OpenReceipt } from '../epoch/EpochTrees.ts'
import { zeroHash } from '../ids/ids.ts'
import type { Receipt } from '../statements/messages.ts'
import { statementTypes } from '../statements/types.ts'
import { fullReceiptTerms, receiptTermsType, type ReceiptTerms } from './receiptCriterion.ts'

/** The header of the epoch that holds a receipt, as the chain's event carries it. */
type AnchoringEpoch = {
  index: bigint
  receiptsRoot: Hex
  linesRoot: Hex
  balancesRoot: Hex
  total: bigint
  cumulative: bigint
  lineCount: number
  receiptCount: number
  dataHash: Hex
  finalAt: bigint
}

export type AnchoredReceipt = {
  terms: ReceiptTerms
  receipt: { statement: Receipt; signature: Hex }
  epoch: AnchoringEpoch
  /** The receipt's place in the epoch's tree of receipts. */
  opening: OpenReceipt
  /** Opens the receipt's `outputHash`; needed when the terms say so. */
  answer?: { salt: Hex; tokens: readonly number[] }
}

const bytes32 = { type: 'bytes32' } as const
const evidenceType = {
  type: 'tuple',
  components: [
    { name: 'terms', ...receiptTermsType },
    { name: 'receipt', type: 'tuple', components: statementTypes.Receipt },
    { name: 'signature', type: 'bytes' },
    {
      name: 'epoch',
      type: 'tuple',
      components: [
        { name: 'index', type: 'uint64' },
        { name: 'receiptsRoot', ...bytes32 },
        { name: 'linesRoot', ...bytes32 },
        { name: 'balancesRoot', ...bytes32 },
        { name: 'total', type: 'uint128' },
        { name: 'cumulative', type: 'uint128' },
        { name: 'lineCount', type: 'uint32' },
        { name: 'receiptCount', type: 'uint32' },
        { name: 'dataHash', ...bytes32 },
        { name: 'finalAt', type: 'uint64' },
      ],
    },
    {
      name: 'opening',
      type: 'tuple',
      components: [
        { name: 'leaf', type: 'tuple', components: [{ name: 'receiptId', ...bytes32 }, { name: 'shareRoot', ...bytes32 }] },
        { name: 'proof', type: 'tuple', components: [{ name: 'index', type: 'uint256' }, { name: 'count', type: 'uint256' }, { name: 'siblings', type: 'bytes32[]' }] },
      ],
    },
    { name: 'salt', ...bytes32 },
    { name: 'tokens', type: 'bytes' },
  ],
} as const

function tokenBytes(tokens: readonly number[]): Uint8Array {
  const ids = new DataView(new ArrayBuffer(4 * tokens.length))
  tokens.forEach((token, i) => ids.setUint32(4 * i, token))
  return concatBytes(new Uint8Array(ids.buffer))
}

/** A delivery by an anchored receipt: everything that the verifier of receipts opens. */
export function receiptEvidence({ terms, receipt, epoch, opening, answer }: AnchoredReceipt): Hex {
  const { leaf, proof } = opening
  return encodeAbiParameters(
    [evidenceType],
    [
      {
        terms: fullReceiptTerms(terms),
        receipt: receipt.statement,
        signature: receipt.signature,
        epoch,
        opening: { leaf, proof: { index: BigInt(proof.index), count: BigInt(proof.count), siblings: proof.siblings } },
        salt: answer?.salt ?? zeroHash,
        tokens: toHex(tokenBytes(answer?.tokens ?? [])),
      },
    ],
  )
}

/** The answer that an anchored receipt's delivery opened, as token ids; empty when it stayed closed. @param tokens big-endian 32-bit ids */
export function readTokens(tokens: Hex): number[] {
  const bytes = fromHex(tokens)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i))
}
