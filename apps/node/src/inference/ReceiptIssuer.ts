import { signStatement, statementDigest, statementDomain, type Hex, type Network, type Receipt } from '@openledger/protocol'
import type { LocalAccount } from 'viem'
import type { Query } from '../database/Database.ts'
import type { Facts } from '../ledger/facts.ts'
import type { Ledger } from '../ledger/Ledger.ts'
import type { ChannelLedger } from '../payments/ChannelLedger.ts'

export type ReceiptIssuerParts = { network: Network; account: LocalAccount; ledger: Ledger; channels: ChannelLedger }

/** A receipt as it was signed. */
export type SignedReceipt = { id: Hex; statement: Receipt; signature: Hex; channelTotal: bigint }

/** Signs receipts one after the other: each nonce once, rising by one, and none leaves before it is on the disk. */
export class ReceiptIssuer {
  readonly #parts: ReceiptIssuerParts
  #nextNonce: bigint
  #queue: Promise<unknown> = Promise.resolve()

  private constructor(parts: ReceiptIssuerParts, nextNonce: bigint) {
    this.#parts = parts
    this.#nextNonce = nextNonce
  }

  /** Goes on after the highest nonce in the tables. */
  static async open(parts: ReceiptIssuerParts, query: Query): Promise<ReceiptIssuer> {
    const [row] = await query<{ nonce: string | null }>(`select max(nonce)::text as nonce from receipts where node = $1`, [parts.account.address.toLowerCase()])
    return new ReceiptIssuer(parts, BigInt(row?.nonce ?? 0) + 1n)
  }

  /**
   * Signs, records and counts one receipt.
   * @param describe makes what is recorded beside the statement
   * @throws StorageError NO_SPACE and others of the journal: then there is no receipt, and nothing is owed
   */
  issue(receipt: Omit<Receipt, 'nonce'>, describe: (signed: SignedReceipt) => Pick<Facts['receipt'], 'model' | 'shares' | 'bundle' | 'view'>): Promise<SignedReceipt> {
    const issued = this.#queue.then(() => this.#issue(receipt, describe))
    this.#queue = issued.catch(() => undefined)
    return issued
  }

  async #issue(body: Omit<Receipt, 'nonce'>, describe: (signed: SignedReceipt) => Pick<Facts['receipt'], 'model' | 'shares' | 'bundle' | 'view'>): Promise<SignedReceipt> {
    const { network, account, ledger, channels } = this.#parts
    const statement: Receipt = { ...body, nonce: this.#nextNonce }
    const domain = statementDomain(network.chainId, network.contracts.epochs)
    const signature = await signStatement(account, domain, 'Receipt', statement)
    const channelTotal = channels.totalAfter(statement.channelId, statement.fee)
    const signed = { id: statementDigest(domain, 'Receipt', statement), statement, signature, channelTotal }
    const { model, shares, bundle, view } = describe(signed)
    await ledger.record('receipt', {
      id: signed.id,
      node: account.address.toLowerCase() as typeof account.address,
      nonce: statement.nonce.toString(),
      channelId: statement.channelId,
      deploymentId: statement.deploymentId,
      model,
      fee: statement.fee.toString(),
      channelTotal: channelTotal.toString(),
      time: Number(statement.time),
      shares,
      bundle,
      view,
    })
    this.#nextNonce += 1n
    channels.spend(statement.channelId, channelTotal)
    return signed
  }
}
