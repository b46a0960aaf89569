import { UnavailableError } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Query } from '../database/Database.ts'
import type { Facts } from '../ledger/facts.ts'
import type { Ledger } from '../ledger/Ledger.ts'
import type { ChannelLedger } from '../payments/ChannelLedger.ts'
import type { SignedReceipt } from '../worker/ReceiptSigner.ts'

export type ReceiptRecorderParts = { query: Query; ledger: Ledger; channels: ChannelLedger }

/** Records the receipts that nodes signed, one after the other: each raises what its channel owes, and none counts before it is on the disk. */
export class ReceiptRecorder {
  readonly #parts: ReceiptRecorderParts
  #queue: Promise<unknown> = Promise.resolve()

  constructor(parts: ReceiptRecorderParts) {
    this.#parts = parts
  }

  /**
   * Records and counts one receipt.
   * @param beside what is recorded beside the statement
   * @throws UnavailableError NONCE_REPEATED; StorageError NO_SPACE and others of the journal: then the receipt does not count, and nothing is owed
   */
  record(receipt: SignedReceipt, beside: Pick<Facts['receipt'], 'model' | 'shares' | 'bundle' | 'view'>): Promise<void> {
    const recorded = this.#queue.then(() => this.#record(receipt, beside))
    this.#queue = recorded.catch(() => undefined)
    return recorded
  }

  /** Whether a receipt of a node with this nonce is recorded. */
  async isUsed(node: Address, nonce: bigint): Promise<boolean> {
    return (await this.#parts.query(`select 1 from receipts where node = $1 and nonce = $2`, [node.toLowerCase(), nonce.toString()])).length > 0
  }

  async #record({ id, statement }: SignedReceipt, beside: Pick<Facts['receipt'], 'model' | 'shares' | 'bundle' | 'view'>): Promise<void> {
    const { ledger, channels } = this.#parts
    const { node, nonce, channelId, deploymentId, fee, time } = statement
    // No epoch can hold both, so the second one is worth nothing; to its node it costs the bond.
    if (await this.isUsed(node, nonce)) {
      throw new UnavailableError('NONCE_REPEATED', `the node ${node} has used the nonce ${nonce} for another receipt`, { action: 'retry', status: 502, fix: 'ask again: nothing is owed for this answer' })
    }
    const channelTotal = channels.totalAfter(channelId, fee)
    await ledger.record('receipt', {
      ...{ id, node: node.toLowerCase() as typeof node, nonce: nonce.toString(), channelId, deploymentId, fee: fee.toString(), channelTotal: channelTotal.toString(), time: Number(time) },
      ...beside,
    })
    channels.spend(channelId, channelTotal)
  }
}
