import { encodeAbiParameters, type Address } from 'viem'
import { fromHex, type Hex } from '../encoding/bytes.ts'

const address = { type: 'address' } as const
const bytes32 = { type: 'bytes32' } as const
const uint256 = { type: 'uint256' } as const
/** The length of 32 bytes in hexadecimal. */
const wordDigits = 66
const uint32 = { type: 'uint32' } as const

/** A record in a contribution's tree. */
export const recordLeaf = (id: Hex): Uint8Array => fromHex(encodeAbiParameters([bytes32], [id]))

/** A record in a snapshot's tree; `weight` is its training weight. */
export type SnapshotLeaf = { recordId: Hex; contributor: Address; weight: number }
export const snapshotLeaf = (leaf: SnapshotLeaf): Uint8Array =>
  fromHex(encodeAbiParameters([bytes32, address, uint32], [leaf.recordId, leaf.contributor, leaf.weight]))

/** What one answer owes one payee; leaf of a receipt's share tree, sorted by payee. */
export type Share = { payee: Address; amount: bigint }
export const shareLeaf = ({ payee, amount }: Share): Uint8Array =>
  fromHex(encodeAbiParameters([address, uint256], [payee, amount]))

/** One line of an epoch; up to and with this line, `runningTotal` is the payee's total in this epoch and `epochTotal` that of all payees. */
export type Line = { payee: Address; receiptId: Hex; amount: bigint; runningTotal: bigint; epochTotal: bigint }
export const lineLeaf = (line: Line): Uint8Array =>
  fromHex(encodeAbiParameters([address, bytes32, uint256, uint256, uint256], [line.payee, line.receiptId, line.amount, line.runningTotal, line.epochTotal]))

/** What a payee has earned from a gateway over all epochs. */
export type Balance = { payee: Address; cumulative: bigint }
export const balanceLeaf = ({ payee, cumulative }: Balance): Uint8Array =>
  fromHex(encodeAbiParameters([address, uint256], [payee, cumulative]))

/** A receipt in an epoch's tree of receipts, sorted by id, with the root of the shares by which it pays. */
export type ReceiptLeaf = { receiptId: Hex; shareRoot: Hex }
export const receiptLeaf = ({ receiptId, shareRoot }: ReceiptLeaf): Uint8Array => fromHex(encodeAbiParameters([bytes32, bytes32], [receiptId, shareRoot]))

/** The logits hash of one answer token in a receipt's fingerprint tree. */
export const fingerprintLeaf = (logitsHash: Hex): Uint8Array => (logitsHash.length === wordDigits ? fromHex(logitsHash) : fromHex(encodeAbiParameters([bytes32], [logitsHash])))
