import { fail, nodeCommitment, type Hex } from '@openledger/protocol'

const kept = 1024

/** Secrets of the node's part of a seed: committed to before the caller chooses a nonce, each used for one answer. */
export class NodeSecrets {
  readonly #open = new Map<Hex, Hex>()
  readonly #randomHash: () => Hex

  /** @param randomHash gives 32 bytes that nobody can foresee */
  constructor(randomHash: () => Hex) {
    this.#randomHash = randomHash
  }

  /** Commits to a new secret. The oldest unused ones are forgotten. */
  commit(): Hex {
    const secret = this.#randomHash()
    const commitment = nodeCommitment(secret)
    this.#open.set(commitment, secret)
    if (this.#open.size > kept) this.#open.delete(this.#open.keys().next().value!)
    return commitment
  }

  /** Takes the secret behind a commitment; fails with UNKNOWN_COMMITMENT when it was used or forgotten. */
  take(commitment: Hex): Hex {
    const secret = this.#open.get(commitment)
    if (!secret) return fail('UNKNOWN_COMMITMENT', 'this commitment was used before or is too old', { status: 409, field: 'openledger.node_commitment', fix: 'take a new one from GET /api/node' })
    this.#open.delete(commitment)
    return secret
  }
}
