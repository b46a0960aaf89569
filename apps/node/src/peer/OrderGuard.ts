import { deploymentId, fail, statementDomain, verifyStatement, type Hex, type Network } from '@openledger/protocol'
import type { Address } from 'viem'
import { clockSkewMs, orderMs } from '../wire/timeBounds.ts'
import { orderOf, type OrderEnvelope } from '../wire/orderEnvelope.ts'
import type { AnswerOrder } from '../worker/AnswerOrder.ts'

export type OrderGuardParts = {
  network: Network
  node: Address
  /** The gateway whose orders are taken. */
  gateway: Address
  baseId: Hex
  /** Drawn when the node started. */
  session: Hex
  /** What the node asks at least, smallest unit for 1,000 tokens. */
  prices: { input: bigint; output: bigint }
  /** What the chain says of a deployment. @throws UnavailableError CHAIN_AWAY */
  deploymentOf: (id: Hex) => Promise<{ owner: Address; active: boolean } | undefined>
  /** Unix milliseconds. */
  now: () => number
}

/** An order may expire so long after it came, milliseconds: nonces are remembered no longer. */
const longestMs = orderMs + clockSkewMs
/** A deployment that was read so long ago is read again, while orders for it go on; no order waits for the chain unless it was read much longer ago, or never. */
const freshDeploymentMs = 30_000
const staleDeploymentMs = 600_000
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Lets orders pass that the gateway gave to this node, in this session, each once. */
export class OrderGuard {
  readonly #parts: OrderGuardParts
  /** When the order of each nonce expires. */
  readonly #seen = new Map<bigint, number>()
  /** When the chain last showed a deployment as active. */
  readonly #deployments = new Map<Hex, number>()
  /** Deployments whose owner's signature was checked. */
  readonly #signed = new Set<Hex>()
  /** Deployments that are being read again. */
  readonly #reading = new Set<Hex>()

  constructor(parts: OrderGuardParts) {
    this.#parts = parts
  }

  /**
   * Checks an order; it counts as used from then on.
   * @throws InputError WRONG_ADDRESSEE, ORDER_EXPIRED, ORDER_REPLAYED, ORDER_DIFFERS, WRONG_DEPLOYMENT, PRICE_TOO_LOW; ProofError BAD_SIGNATURE
   */
  async admit(envelope: OrderEnvelope): Promise<AnswerOrder> {
    const { network, node, gateway, baseId, session } = this.#parts
    const { statement, signature } = envelope.order
    if (!same(statement.node, node) || !same(statement.gateway, gateway) || statement.session !== session) {
      fail('WRONG_ADDRESSEE', 'this order is for another node, from another gateway, or for an earlier session of this node', { status: 403, action: 'stop', fix: 'give orders for the session that the node has announced last' })
    }
    this.#checkFresh(statement.nonce, Number(statement.expiresAt))
    const order = orderOf(envelope, baseId)
    await verifyStatement(statementDomain(network.chainId, network.contracts.stakes), 'Order', statement, signature, gateway)
    await this.#checkDeployment(order)
    // Once more: the same order may have come while its signature was checked.
    this.#checkFresh(statement.nonce, Number(statement.expiresAt))
    this.#seen.set(statement.nonce, Number(statement.expiresAt))
    return order
  }

  /** Reads what the chain says of deployments that orders will be for, so that the first one does not wait. What cannot be read is read when it is ordered. */
  async learn(deployments: readonly { id: Hex; owner: Address }[]): Promise<void> {
    await Promise.all(deployments.map(({ id, owner }) => this.#readAgain(id, owner)))
  }

  #checkFresh(nonce: bigint, expiresAt: number): void {
    const now = this.#parts.now()
    for (const [known, until] of this.#seen) {
      if (until > now) break
      this.#seen.delete(known)
    }
    if (expiresAt <= now || expiresAt > now + longestMs) fail('ORDER_EXPIRED', `the order ${expiresAt <= now ? 'has expired' : 'is valid for too long'}`, { status: 403, action: 'retry', field: 'expiresAt', fix: 'compare the clocks of gateway and node' })
    if (this.#seen.has(nonce)) fail('ORDER_REPLAYED', 'this order was given before', { status: 409, action: 'stop', field: 'nonce' })
  }

  async #checkDeployment({ deployment, deploymentSignature, deploymentId: id, adapterId, manifest, baseId }: AnswerOrder): Promise<void> {
    const { network, prices, now } = this.#parts
    if (deploymentId(deployment) !== id || deployment.adapterId !== (adapterId ?? baseId) || (adapterId === null) !== (manifest === null)) {
      fail('WRONG_DEPLOYMENT', 'the deployment is not the one that the order names, or is of another model', { field: 'deployment', action: 'stop' })
    }
    if (deployment.inputPrice < prices.input || deployment.outputPrice < prices.output) fail('PRICE_TOO_LOW', 'this deployment pays less than this node asks', { status: 403, action: 'stop', field: 'deployment' })
    if (!this.#signed.has(id)) await verifyStatement(statementDomain(network.chainId, network.contracts.models), 'Deployment', deployment, deploymentSignature, deployment.owner)
    const seenAt = this.#deployments.get(id)
    const age = seenAt === undefined ? Infinity : now() - seenAt
    if (age >= freshDeploymentMs && age < staleDeploymentMs) void this.#readAgain(id, deployment.owner)
    if (age >= staleDeploymentMs && !(await this.#isActive(id, deployment.owner))) fail('WRONG_DEPLOYMENT', 'the chain knows no such deployment, or it has ended', { status: 403, field: 'deployment', action: 'stop' })
    // Signing costs nothing, deploying does: only what the chain knew is remembered.
    this.#signed.add(id)
  }

  /** Reads a deployment while it is believed: what has ended is refused from then on, and while the chain is away nothing changes. */
  async #readAgain(id: Hex, owner: Address): Promise<void> {
    if (this.#reading.has(id)) return
    this.#reading.add(id)
    await this.#isActive(id, owner).catch(() => undefined)
    this.#reading.delete(id)
  }

  async #isActive(id: Hex, owner: Address): Promise<boolean> {
    const { deploymentOf, now } = this.#parts
    const known = await deploymentOf(id)
    const isActive = known?.active === true && same(known.owner, owner)
    if (isActive) this.#deployments.set(id, now())
    else this.#deployments.delete(id)
    return isActive
  }
}
