import type { ContentStore } from '@openledger/datanet'
import { epochFileSchema, OpenLedgerError, readArtefact, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { errorFields, type Log } from '../config/Log.ts'
import { isBefore, type EstateRecords, type FiledClaim, type Settled, type StandingEpoch } from './FiledClaim.ts'

export type EpochSearchParts = {
  records: Pick<EstateRecords, 'unindexed'>
  content: Pick<ContentStore, 'get' | 'has'>
  log: Log
  /** Epochs that one turn looks at, of all gateways together. */
  epochsPerTurn: number
}

/** The search in one gateway's epochs: round and round, so that a claim that joins sees each epoch once and holds up nobody. */
type Sweep = { epochs: readonly StandingEpoch[]; next: number; claims: Map<Hex, { claim: FiledClaim; left: number }> }

const ids = /0x[0-9a-f]{64}/g

/** Looks for claimed receipts in those files of epochs that are at hand, a few files in each turn. */
export class EpochSearch {
  readonly #parts: EpochSearchParts
  readonly #sweeps = new Map<Address, Sweep>()
  /** Claims that were taken in, by gateway and receipt, with what was found. */
  readonly #known = new Map<string, Settled | null>()

  constructor(parts: EpochSearchParts) {
    this.#parts = parts
  }

  /** The epoch in which a receipt was found; null while none was. */
  found(claim: FiledClaim): Settled | null {
    return this.#known.get(keyOf(claim)) ?? null
  }

  /** Takes claims in that are new, and looks at the next epochs. */
  async turn(claims: readonly FiledClaim[]): Promise<void> {
    for (const claim of claims) await this.#take(claim)
    let room = this.#parts.epochsPerTurn
    for (const [gateway, sweep] of this.#sweeps) {
      for (; room > 0 && sweep.claims.size > 0; room--) if (!(await this.#step(sweep))) return
      if (sweep.claims.size === 0) this.#sweeps.delete(gateway)
      if (room === 0) return
    }
  }

  async #take(claim: FiledClaim): Promise<void> {
    const { gateway, receiptId } = claim
    if (this.#known.has(keyOf(claim))) return
    const sweep = this.#sweeps.get(gateway) ?? { epochs: await this.#parts.records.unindexed(gateway), next: 0, claims: new Map() }
    this.#known.set(keyOf(claim), null)
    if (sweep.epochs.length === 0) return
    sweep.claims.set(receiptId, { claim, left: sweep.epochs.length })
    this.#sweeps.set(gateway, sweep)
  }

  /** Looks at the next epoch for every claim of a gateway; false when its file cannot be had just now. */
  async #step(sweep: Sweep): Promise<boolean> {
    const epoch = sweep.epochs[sweep.next]!
    const held = await this.#receiptsIn(epoch, sweep)
    if (!held) return false
    sweep.next = (sweep.next + 1) % sweep.epochs.length
    for (const [receiptId, entry] of sweep.claims) {
      const { claim } = entry
      // An epoch of a gateway that came back after the claim shows no claim false: that claim lapses.
      const isHere = held.has(receiptId) && isBefore(epoch, claim)
      if (isHere) this.#known.set(keyOf(claim), { index: epoch.index, cid: epoch.cid })
      entry.left -= 1
      if (isHere || entry.left === 0) sweep.claims.delete(receiptId)
    }
    return true
  }

  /** The receipts of an epoch whose file is at hand; none where it names nothing that is claimed, which a look at its bytes tells; undefined when the store is away. */
  async #receiptsIn({ cid, index }: StandingEpoch, { claims }: Sweep): Promise<ReadonlySet<Hex> | undefined> {
    const { content, log } = this.#parts
    try {
      if (!(await content.has(cid))) return new Set()
      const bytes = await content.get(cid)
      const named = Buffer.from(bytes).toString('latin1').match(ids) ?? []
      if (!named.some((id) => claims.has(id as Hex))) return new Set()
      return new Set(readArtefact(epochFileSchema, bytes).receipts.map(({ id }) => id))
    } catch (error) {
      log.warn('estate.unread', { epoch: index, ...errorFields(error) })
      // A file that is damaged says nothing, now and later.
      return error instanceof OpenLedgerError && error.action === 'retry' ? undefined : new Set()
    }
  }
}

const keyOf = ({ gateway, receiptId, block, logIndex }: FiledClaim): string => `${gateway} ${receiptId} ${block} ${logIndex}`
