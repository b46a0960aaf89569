import type { Facts } from '../ledger/facts.ts'
import type { Ledger } from '../ledger/Ledger.ts'
import type { ChannelLedger } from '../payments/ChannelLedger.ts'
import type { SignedReceipt } from '../worker/ReceiptSigner.ts'

export type ReceiptRecorderParts = { ledger: Ledger; channels: ChannelLedger }

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
   * @throws StorageError NO_SPACE and others of the journal: then the receipt does not count, and nothing is owed
   */
  record(receipt: SignedReceipt, beside: Pick<Facts['receipt'], 'model' | 'shares' | 'bundle' | 'view'>): Promise<void> {
    const recorded = this.#queue.then(() => this.#record(receipt, beside))
    this.#queue = recorded.catch(() => undefined)
    return recorded
  }

  async #record({ id, statement }: SignedReceipt, beside: Pick<Facts['receipt'], 'model' | 'shares' | 'bundle' | 'view'>): Promise<void> {
    const { ledger, channels } = this.#parts
    const { node, nonce, channelId, deploymentId, fee, time } = statement
    const channelTotal = channels.totalAfter(channelId, fee)
    await ledger.record('receipt', {
      ...{ id, node: node.toLowerCase() as typeof node, nonce: nonce.toString(), channelId, deploymentId, fee: fee.toString(), channelTotal: channelTotal.toString(), time: Number(time) },
      ...beside,
    })
    channels.spend(channelId, channelTotal)
  }
}
