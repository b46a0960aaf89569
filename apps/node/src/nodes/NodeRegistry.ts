import { fail, statementDomain, verifyStatement, UnavailableError, type Announcement, type Hex, type Network } from '@openledger/protocol'
import { isAddressEqual, type Address } from 'viem'
import { abortAfter } from '../config/abortAfter.ts'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { RemoteLink } from '../links/RemoteLink.ts'
import type { NodeLink } from '../links/NodeLink.ts'
import type { NodeProfile } from '../router/RoutedNode.ts'
import { clockSkewMs } from '../wire/timeBounds.ts'
import { checkAddress } from './checkAddress.ts'
import type { AnnouncedNode, AnnouncementEnvelope } from './AnnouncedNode.ts'
import { checkBindings } from './announcementEnvelope.ts'

export type NodeRegistryParts = {
  network: Network
  gateway: Address
  baseId: Hex
  /** A node's bond as the chain has it. @throws UnavailableError CHAIN_AWAY */
  stakeOf: (node: Address) => Promise<{ bonded: bigint; isStaked: boolean }>
  /** Opens the way to a node. */
  openLink: (envelope: AnnouncementEnvelope) => RemoteLink
  /** The hash that a challenge has for an answer, by the gateway's own file. */
  expectedProof: (challenge: Hex, node: Address) => Promise<Hex>
  /** 32 random bytes. */
  randomHash: () => Hex
  dispatcher: { add(link: NodeLink, profile: Omit<NodeProfile, 'id'>): void; remove(node: string): void }
  clock: Clock
  log: Log
}

/** A node that was not heard of for so long gets no orders. */
const silentMs = 30_000
/** A bond that was read so long ago is read again; with the chain away it is believed for longer. */
const freshStakeMs = 30_000
const staleStakeMs = 600_000
const challengeMs = 10_000
/** A node found to say what is not so is not taken in again for so long. */
const banMs = 600_000

type Stake = { at: number; bonded: bigint; isStaked: boolean }

/** The nodes elsewhere that answer for this gateway: each announces itself, is bonded on the chain, and has shown that it has the base. */
export class NodeRegistry {
  readonly #parts: NodeRegistryParts
  readonly #nodes = new Map<string, AnnouncedNode>()
  /** The newest announcement of each node, also of those that left: an older one does not count again. */
  readonly #latest = new Map<string, Pick<Announcement, 'session' | 'sequence' | 'time'>>()
  readonly #stakes = new Map<string, Stake>()
  readonly #banned = new Map<string, number>()
  readonly #joining = new Map<string, Promise<void>>()

  constructor(parts: NodeRegistryParts) {
    this.#parts = parts
  }

  /** Those that get orders. */
  get nodes(): readonly AnnouncedNode[] {
    return [...this.#nodes.values()]
  }

  /**
   * Takes an announcement; a new session is challenged before its node gets orders.
   * @throws InputError OTHER_GATEWAY, OTHER_BASE, CLOCKS_DIFFER, UNSAFE_ADDRESS, ANNOUNCEMENT_DIFFERS, ANNOUNCEMENT_REPLAYED, NOT_BONDED, NODE_BANNED, NO_POSSESSION; ProofError BAD_SIGNATURE; LinkFault
   */
  async accept(envelope: AnnouncementEnvelope): Promise<void> {
    const { network, gateway, baseId, clock } = this.#parts
    const { statement, signature } = envelope
    const id = statement.node.toLowerCase()
    if (!isAddressEqual(statement.gateway, gateway)) fail('OTHER_GATEWAY', 'this announcement is for another gateway', { field: 'gateway', action: 'stop' })
    if (statement.baseId !== baseId) fail('OTHER_BASE', `this gateway serves base ${baseId}`, { field: 'baseId', action: 'stop', fix: 'start the node with the same base model' })
    if (Math.abs(Number(statement.time) - clock.now()) > clockSkewMs) fail('CLOCKS_DIFFER', 'the announcement is of another time', { field: 'time', fix: 'compare the clocks of gateway and node' })
    if ((this.#banned.get(id) ?? 0) > clock.now()) fail('NODE_BANNED', 'this node was found to say what is not so', { status: 403, action: 'stop' })
    checkAddress(statement)
    this.#checkNewer(id, statement)
    await verifyStatement(statementDomain(network.chainId, network.contracts.stakes), 'Announcement', statement, signature, statement.node)
    this.#checkNewer(id, statement)
    const stake = await this.#stake(statement.node)
    if (!stake.isStaked) fail('NOT_BONDED', 'this key has not bonded what a node must', { status: 403, field: 'node', fix: 'bond it with openledger node join --stake' })
    // The list of adapters may be long: it is hashed for those who have something to lose alone.
    checkBindings(envelope)
    const { session, sequence, time } = statement
    this.#checkNewer(id, statement)
    this.#latest.set(id, { session, sequence, time })
    const known = this.#nodes.get(id)
    if (known && known.statement.session === session && known.statement.url === statement.url && known.statement.certificate === statement.certificate) this.#renew(known, envelope, stake)
    else await this.#join(id, envelope, stake)
  }

  /** Drops those that were not heard of, and those whose bond is gone. Call it every few seconds. */
  async sweep(): Promise<void> {
    const { clock, log } = this.#parts
    for (const { statement, heardAt } of this.nodes) {
      const silent = clock.now() - heardAt > silentMs
      const staked = silent || (await this.#stake(statement.node).catch(() => ({ isStaked: false }))).isStaked
      if (!silent && staked) continue
      log.info('node.left', { node: statement.node, reason: silent ? 'silent' : 'bond' })
      this.#drop(statement.node.toLowerCase())
    }
  }

  /** Asks a node once more to show that it has the base, and drops it when it does not. */
  async challenge(node: Address): Promise<void> {
    const known = this.#nodes.get(node.toLowerCase())
    if (!known) return
    try {
      await this.#prove(known.link)
      known.provenAt = this.#parts.clock.now()
    } catch (error) {
      this.#parts.log.warn('node.unproven', { node, ...errorFields(error) })
      this.#drop(node.toLowerCase())
    }
  }

  /** Drops a node that was found to say what is not so, and takes none of its announcements for a while. */
  ban(node: string): void {
    this.#banned.set(node.toLowerCase(), this.#parts.clock.now() + banMs)
    this.#drop(node.toLowerCase())
  }

  close(): void {
    for (const id of [...this.#nodes.keys()]) this.#drop(id)
  }

  #checkNewer(id: string, { session, sequence, time }: Announcement): void {
    const latest = this.#latest.get(id)
    if (!latest || (latest.session === session ? sequence > latest.sequence : time > latest.time)) return
    fail('ANNOUNCEMENT_REPLAYED', 'the node has announced itself since', { status: 409, field: 'sequence', action: 'stop' })
  }

  #renew(known: AnnouncedNode, { statement, adapters }: AnnouncementEnvelope, { bonded }: Stake): void {
    Object.assign(known, { statement, adapters: new Set(adapters), stake: bonded, heardAt: this.#parts.clock.now() })
    this.#add(known)
  }

  async #join(id: string, envelope: AnnouncementEnvelope, { bonded }: Stake): Promise<void> {
    if (this.#joining.has(id)) fail('JOINING', 'this node is being challenged', { status: 409, action: 'retry' })
    const { openLink, log, clock } = this.#parts
    const { statement, adapters } = envelope
    const joining = (async () => {
      const link = openLink(envelope)
      try {
        await this.#prove(link)
      } catch (error) {
        link.close()
        throw error
      }
      this.#nodes.get(id)?.link.close()
      const node = { statement, adapters: new Set(adapters), link, stake: bonded, heardAt: clock.now(), provenAt: clock.now() }
      this.#nodes.set(id, node)
      this.#add(node)
      log.info('node.joined', { node: statement.node, url: statement.url, slots: statement.slots })
    })()
    this.#joining.set(id, joining)
    await joining.finally(() => this.#joining.delete(id))
  }

  async #prove(link: RemoteLink): Promise<void> {
    const { randomHash, expectedProof, clock } = this.#parts
    const challenge = randomHash()
    const late = abortAfter(clock, challengeMs)
    try {
      const [proof, expected] = await Promise.all([link.challenge(challenge, late.signal), expectedProof(challenge, link.node)])
      if (proof !== expected) fail('NO_POSSESSION', 'the node does not have the weight file of this base', { status: 403, action: 'stop', fix: 'start it with the same base model' })
    } catch (error) {
      if (late.signal.aborted) throw new UnavailableError('NO_POSSESSION', `the node did not answer its challenge within ${challengeMs} ms`, { cause: error, action: 'retry' })
      throw error
    } finally {
      late.end()
    }
  }

  #add(node: AnnouncedNode): void {
    const { baseId, profileHash, slots, positions, inputPrice, outputPrice } = node.statement
    this.#parts.dispatcher.add(node.link, { baseId, profileHash, exactReplay: node.link.exactReplay, slots, positions, stake: node.stake, inputPrice, outputPrice, holds: (adapterId) => node.adapters.has(adapterId) })
  }

  #drop(id: string): void {
    const node = this.#nodes.get(id)
    this.#nodes.delete(id)
    this.#parts.dispatcher.remove(id)
    node?.link.close()
  }

  async #stake(node: Address): Promise<Stake> {
    const { stakeOf, clock } = this.#parts
    const known = this.#stakes.get(node.toLowerCase())
    if (known && clock.now() - known.at < freshStakeMs) return known
    try {
      const read = { at: clock.now(), ...(await stakeOf(node)) }
      // Keys cost nothing, bonds do: only those who have one are remembered.
      if (read.isStaked) this.#stakes.set(node.toLowerCase(), read)
      else this.#stakes.delete(node.toLowerCase())
      return read
    } catch (error) {
      if (known && clock.now() - known.at < staleStakeMs) return known
      throw error
    }
  }
}
