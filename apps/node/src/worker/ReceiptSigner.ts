import { signStatement, statementDigest, statementDomain, type Hex, type Network, type Receipt } from '@openledger/protocol'
import type { LocalAccount } from 'viem'

/** A receipt as it was signed. */
export type SignedReceipt = { id: Hex; statement: Receipt; signature: Hex }

export type ReceiptSignerParts = {
  network: Network
  account: LocalAccount
  /** The first nonce that was never used. */
  nextNonce: bigint
}

/** Signs a node's receipts one after the other: each nonce once, rising by one. A nonce whose receipt could not be kept is not used again. */
export class ReceiptSigner {
  readonly #parts: ReceiptSignerParts
  #nextNonce: bigint
  #queue: Promise<unknown> = Promise.resolve()

  constructor(parts: ReceiptSignerParts) {
    this.#parts = parts
    this.#nextNonce = parts.nextNonce
  }

  /** @param keep keeps the receipt for good before anybody sees it; its errors are thrown */
  sign(body: Omit<Receipt, 'nonce'>, keep: (signed: SignedReceipt) => Promise<void>): Promise<SignedReceipt> {
    const signed = this.#queue.then(() => this.#sign(body, keep))
    this.#queue = signed.catch(() => undefined)
    return signed
  }

  /** Takes back a receipt that nobody outside this process has seen: its nonce is used again if no later one was signed meanwhile. */
  withdraw({ statement }: SignedReceipt): void {
    if (this.#nextNonce === statement.nonce + 1n) this.#nextNonce = statement.nonce
  }

  async #sign(body: Omit<Receipt, 'nonce'>, keep: (signed: SignedReceipt) => Promise<void>): Promise<SignedReceipt> {
    const { network, account } = this.#parts
    const statement: Receipt = { ...body, nonce: this.#nextNonce }
    this.#nextNonce += 1n
    const domain = statementDomain(network.chainId, network.contracts.epochs)
    const signed = { id: statementDigest(domain, 'Receipt', statement), statement, signature: await signStatement(account, domain, 'Receipt', statement) }
    await keep(signed)
    return signed
  }
}
