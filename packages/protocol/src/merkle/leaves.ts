import type { Address } from 'viem'
import { abiWords } from '../encoding/abiWords.ts'
import type { Hex } from '../encoding/bytes.ts'

const hashWords = abiWords<[Hex]>('bytes32')
const hashesWords = abiWords<[Hex, Hex]>('bytes32', 'bytes32')
const snapshotWords = abiWords<[Hex, Address, number]>('bytes32', 'address', 'uint32')
const amountWords = abiWords<[Address, bigint]>('address', 'uint256')
const lineWords = abiWords<[Address, Hex, bigint, bigint, bigint]>('address', 'bytes32', 'uint256', 'uint256', 'uint256')

/** A record in a contribution's tree. */
export const recordLeaf = (id: Hex): Uint8Array => hashWords(id)

/** A record in a snapshot's tree; `weight` is its training weight. */
export type SnapshotLeaf = { recordId: Hex; contributor: Address; weight: number }
export const snapshotLeaf = ({ recordId, contributor, weight }: SnapshotLeaf): Uint8Array => snapshotWords(recordId, contributor, weight)

/** What one answer owes one payee; leaf of a receipt's share tree, sorted by payee. */
export type Share = { payee: Address; amount: bigint }
export const shareLeaf = ({ payee, amount }: Share): Uint8Array => amountWords(payee, amount)

/** One line of an epoch; up to and with this line, `runningTotal` is the payee's total in this epoch and `epochTotal` that of all payees. */
export type Line = { payee: Address; receiptId: Hex; amount: bigint; runningTotal: bigint; epochTotal: bigint }
export const lineLeaf = ({ payee, receiptId, amount, runningTotal, epochTotal }: Line): Uint8Array => lineWords(payee, receiptId, amount, runningTotal, epochTotal)

/** What a payee has earned from a gateway over all epochs. */
export type Balance = { payee: Address; cumulative: bigint }
export const balanceLeaf = ({ payee, cumulative }: Balance): Uint8Array => amountWords(payee, cumulative)

/** A receipt in an epoch's tree of receipts, sorted by id, with the root of the shares by which it pays. */
export type ReceiptLeaf = { receiptId: Hex; shareRoot: Hex }
export const receiptLeaf = ({ receiptId, shareRoot }: ReceiptLeaf): Uint8Array => hashesWords(receiptId, shareRoot)

/** The logits hash of one answer token in a receipt's fingerprint tree. */
export const fingerprintLeaf = (logitsHash: Hex): Uint8Array => hashWords(logitsHash)
