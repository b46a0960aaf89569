import { UnavailableError } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Facts } from '../ledger/facts.ts'
import type { Ledger } from '../ledger/Ledger.ts'
import type { ChannelLedger } from '../payments/ChannelLedger.ts'
import { Turns } from '../payments/Turns.ts'
import type { SignedReceipt } from '../worker/ReceiptSigner.ts'

export type ReceiptRecorderParts = { ledger: Ledger; channels: ChannelLedger }

/** Records the receipts that nodes signed. Those of one channel wait for each other: each raises what it owes, and none counts before it is on the disk. The tables show it soon after. */
export class ReceiptRecorder {
  readonly #parts: ReceiptRecorderParts
  /** Nonces of receipts that are about to be recorded, by node. */
  readonly #claimed = new Set<string>()
  /** The highest nonce of each node's receipts: nodes count upwards, so that what lies above needs no look at the tables. */
  readonly #highest = new Map<string, Promise<bigint>>()
  /** Nonces of receipts that are being recorded. */
  readonly #recording = new Set<string>()
  readonly #turns = new Turns()

  constructor(parts: ReceiptRecorderParts) {
    this.#parts = parts
  }

  /**
   * Records and counts one receipt.
   * @param beside what is recorded beside the statement
   * @throws UnavailableError NONCE_REPEATED; StorageError NO_SPACE and others of the journal: then the receipt does not count, and nothing is owed
   */
  record(receipt: SignedReceipt, beside: Pick<Facts['receipt'], 'model' | 'shares' | 'bundle' | 'view'>): Promise<void> {
    return this.#turns.take(receipt.statement.channelId, () => this.#record(receipt, beside))
  }

  /**
   * Keeps a node's nonce for a receipt that came and is recorded next.
   * @returns what gives it back where that receipt is not recorded after all; undefined when a receipt with this nonce is recorded, or came before
   */
  async claim(node: Address, nonce: bigint): Promise<(() => void) | undefined> {
    const key = keyOf(node, nonce)
    if (this.#claimed.has(key)) return undefined
    this.#claimed.add(key)
    const release = (): void => void this.#claimed.delete(key)
    let isFree = false
    try {
      isFree = !(await this.#isUsed(node, nonce))
    } finally {
      if (!isFree) release()
    }
    return isFree ? release : undefined
  }

  async #isUsed(node: Address, nonce: bigint): Promise<boolean> {
    if (nonce > (await this.#highestOf(node))) return false
    return (await this.#parts.ledger.query(`select 1 from receipts where node = $1 and nonce = $2`, [node.toLowerCase(), nonce.toString()])).length > 0
  }

  #highestOf(node: Address): Promise<bigint> {
    return this.#highest.get(node.toLowerCase()) ?? this.#keepHighest(node, this.#parts.ledger.query<{ nonce: string }>(`select max(nonce)::text as nonce from receipts where node = $1`, [node.toLowerCase()]).then(([row]) => BigInt(row?.nonce ?? -1)))
  }

  #raise(node: Address, nonce: bigint): void {
    void this.#keepHighest(node, this.#highestOf(node).then((highest) => (nonce > highest ? nonce : highest)))
  }

  #keepHighest(node: Address, highest: Promise<bigint>): Promise<bigint> {
    const key = node.toLowerCase()
    this.#highest.set(key, highest)
    highest.catch(() => this.#highest.get(key) === highest && this.#highest.delete(key))
    return highest
  }

  async #record({ id, statement }: SignedReceipt, beside: Pick<Facts['receipt'], 'model' | 'shares' | 'bundle' | 'view'>): Promise<void> {
    const { ledger, channels } = this.#parts
    const { node, nonce, channelId, deploymentId, fee, time } = statement
    const key = keyOf(node, nonce)
    // No epoch can hold both, so the second one is worth nothing; to its node it costs the bond.
    const repeated = (): UnavailableError => new UnavailableError('NONCE_REPEATED', `the node ${node} has used the nonce ${nonce} for another receipt`, { action: 'retry', status: 502, fix: 'ask again: nothing is owed for this answer' })
    if (this.#recording.has(key)) throw repeated()
    this.#recording.add(key)
    let channelTotal: bigint
    try {
      if (!this.#claimed.has(key) && !(await this.claim(node, nonce))) throw repeated()
      channelTotal = channels.totalAfter(channelId, fee)
      const { model, shares, bundle, view } = beside
      const fact = { id, node: node.toLowerCase() as Address, nonce: nonce.toString(), channelId, deploymentId, fee: fee.toString(), channelTotal: channelTotal.toString(), time: Number(time), model, shares, bundle, view }
      await ledger.keep('receipt', fact, { bundle: JSON.stringify(bundle), view: JSON.stringify(view) })
      this.#raise(node, nonce)
    } finally {
      this.#recording.delete(key)
      this.#claimed.delete(key)
    }
    channels.spend(channelId, channelTotal)
  }
}

const keyOf = (node: Address, nonce: bigint): string => `${node.toLowerCase()} ${nonce}`
