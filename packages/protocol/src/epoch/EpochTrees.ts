import type { Address } from 'viem'
import type { EpochFile } from '../artefacts/epochFile.ts'
import type { Hex } from '../encoding/bytes.ts'
import { compareHex } from '../encoding/compare.ts'
import { fail } from '../errors/fail.ts'
import { balanceLeaf, lineLeaf, receiptLeaf, shareLeaf, type Balance, type Line, type ReceiptLeaf, type Share } from '../merkle/leaves.ts'
import { OrderedTree, type MerkleProof } from '../merkle/OrderedTree.ts'
import { rootsInForce } from '../receipt/openAttribution.ts'

/** An entry of an epoch with the proof of its place. */
export type OpenReceipt = { leaf: ReceiptLeaf; proof: MerkleProof }
export type OpenShare = { share: Share; proof: MerkleProof }
export type OpenLine = { line: Line; proof: MerkleProof }
export type OpenBalance = { balance: Balance; proof: MerkleProof }

/** Which entries of a sorted list show one, or that it is missing: its own place, or those of its neighbours. */
function placesAround<T>(list: readonly T[], compare: (entry: T) => number): number[] {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare(list[middle]!) < 0) low = middle + 1
    else high = middle
  }
  if (low < list.length && compare(list[low]!) === 0) return [low]
  return [low - 1, low].filter((place) => place >= 0 && place < list.length)
}

/**
 * The trees of an epoch as its file lists it, honest or not: what a contract needs to see of an entry, or of the gap where it would stand.
 * Lists that are out of order have no gaps that a contract would accept; their disorder is a fault of its own.
 */
export class EpochTrees {
  readonly file: EpochFile
  readonly receiptsRoot: Hex
  readonly linesRoot: Hex
  readonly balancesRoot: Hex
  readonly #leaves: ReceiptLeaf[]
  readonly #receipts: OrderedTree
  readonly #lines: OrderedTree
  readonly #balances: OrderedTree

  constructor(file: EpochFile) {
    this.file = file
    this.#leaves = file.receipts.map((entry) => ({ receiptId: entry.id, shareRoot: rootsInForce(entry).shareRoot }))
    this.#receipts = new OrderedTree(this.#leaves.map(receiptLeaf))
    this.#lines = new OrderedTree(file.lines.map(lineLeaf))
    this.#balances = new OrderedTree(file.balances.map(balanceLeaf))
    this.receiptsRoot = this.#receipts.root
    this.linesRoot = this.#lines.root
    this.balancesRoot = this.#balances.root
  }

  /** A receipt with its proof; fails with BAD_INDEX outside the list, as do `line` and `balance`. */
  receipt(place: number): OpenReceipt {
    return { proof: this.#receipts.prove(place), leaf: this.#leaves[place]! }
  }

  line(place: number): OpenLine {
    return { proof: this.#lines.prove(place), line: this.file.lines[place]! }
  }

  balance(place: number): OpenBalance {
    return { proof: this.#balances.prove(place), balance: this.file.balances[place]! }
  }

  /** A receipt, or its neighbours when it is missing. */
  findReceipt(id: Hex): OpenReceipt[] {
    return placesAround(this.#leaves, (leaf) => compareHex(leaf.receiptId, id)).map((place) => this.receipt(place))
  }

  /** What a receipt of this epoch pays a payee, or the neighbours when that is nothing; fails with UNKNOWN_RECEIPT. */
  findShare(receiptId: Hex, payee: Address): OpenShare[] {
    const { shares } = this.file.receipts.find((entry) => entry.id === receiptId) ?? fail('UNKNOWN_RECEIPT', `epoch ${this.file.index} has no receipt ${receiptId}`)
    const tree = new OrderedTree(shares.map(shareLeaf))
    return placesAround(shares, (share) => compareHex(share.payee, payee)).map((place) => ({ share: shares[place]!, proof: tree.prove(place) }))
  }

  /** The line of a payee and a receipt, or its neighbours when it is missing. */
  findLine(payee: Address, receiptId: Hex): OpenLine[] {
    return placesAround(this.file.lines, (line) => compareHex(line.payee, payee) || compareHex(line.receiptId, receiptId)).map((place) => this.line(place))
  }

  /** A payee's last line and the one after it, or the neighbours of a payee without lines. */
  findEarned(payee: Address): OpenLine[] {
    // One that stands behind every line of the payee and before those of the next.
    return placesAround(this.file.lines, (line) => (compareHex(line.payee, payee) <= 0 ? -1 : 1)).map((place) => this.line(place))
  }

  /** A payee's balance, or its neighbours when it is missing. */
  findBalance(payee: Address): OpenBalance[] {
    return placesAround(this.file.balances, (balance) => compareHex(balance.payee, payee)).map((place) => this.balance(place))
  }
}
