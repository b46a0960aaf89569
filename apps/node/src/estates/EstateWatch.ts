import type { ContentStore } from '@openledger/datanet'
import { compareHex, epochFileSchema, EpochTrees, readArtefact, type AttributedReceipt, type Hex, type Share } from '@openledger/protocol'
import type { EpochHeader, ReceiptOpening } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import { Repeated } from '../config/Repeated.ts'
import { EpochSearch } from './EpochSearch.ts'
import type { ChainPlace, EstateRecords, FiledClaim, Settled } from './FiledClaim.ts'

/** How a claim was answered: shown false, given its attribution, or not yet because something failed. */
export type ClaimOutcome = 'refuted' | 'attributed' | 'failed'

/** What the watch asks of the chain. Every method may throw UnavailableError CHAIN_AWAY; those that send ask first whether the call would succeed, and send nothing otherwise. */
export type EstateChain = {
  /** Whether a claim stands and can still be answered. */
  stands(gateway: Address, receiptId: Hex): Promise<boolean>
  /** The header of an epoch that stands; null when none does. */
  header(gateway: Address, index: number): Promise<EpochHeader | null>
  refute(gateway: Address, epoch: EpochHeader, opening: ReceiptOpening): Promise<void>
  attribute(gateway: Address, signed: AttributedReceipt, shares: readonly Share[]): Promise<void>
}

export type EstateWatchParts = {
  records: EstateRecords
  content: Pick<ContentStore, 'get' | 'has'>
  chain: EstateChain
  clock: Clock
  log: Log
  counted: (outcome: ClaimOutcome) => void
  /** Pause between looks, milliseconds. Claims can be answered for 30 days. */
  everyMs: number
  /** Claims that one look takes; the next look goes on behind them. Default 256. */
  claimsPerLook?: number
  /** Epochs' files of other gateways that one look reads. Default 64. */
  epochsPerLook?: number
}

/** The chain's codes that say that a claim is past answering: somebody else was faster, or the time is over. */
const decided = ['NO_CLAIM', 'TOO_LATE', 'ALREADY_ATTRIBUTED']

/**
 * Watches what is claimed of silent gateways' estates. A claim to a receipt that an epoch had settled is refuted, since it would be paid twice at the cost of all
 * others; one without the Attribution that this process has gets it, since it would pay others than those who are due. What nothing here disproves is left alone.
 */
export class EstateWatch {
  readonly #parts: EstateWatchParts
  readonly #search: EpochSearch
  readonly #turns: Repeated
  /** Claims that are done with; the chain's event may come later than the next look. */
  readonly #done = new Set<string>()
  #after: ChainPlace | null = null
  #looking: Promise<void> = Promise.resolve()
  #waiting: Promise<void> | undefined

  constructor(parts: EstateWatchParts) {
    this.#parts = parts
    const { records, content, clock, log, everyMs } = parts
    this.#search = new EpochSearch({ records, content, log, epochsPerTurn: parts.epochsPerLook ?? 64 })
    this.#turns = new Repeated({ turn: () => this.look(), event: 'estates.unseen', everyMs, clock, log })
  }

  start(): void {
    this.#turns.start()
  }

  /** Returns when the look that was going on is over. */
  async close(): Promise<void> {
    await this.#turns.close()
    await this.#looking.catch(() => undefined)
  }

  /** Looks once. Looks that are asked for while another one waits to begin are that one. @throws errors of the records; failures of single claims are logged and tried again */
  look(): Promise<void> {
    this.#waiting ??= this.#looking
      .catch(() => undefined)
      .then(() => {
        this.#waiting = undefined
        return (this.#looking = this.#look())
      })
    return this.#waiting
  }

  async #look(): Promise<void> {
    const { records, claimsPerLook = 256 } = this.#parts
    const claims = await records.claims(this.#after, claimsPerLook)
    this.#after = claims.length === claimsPerLook ? claims.at(-1)! : null
    await this.#search.turn(claims.filter(({ settled }) => settled === null))
    const treesOf = this.#oneAtATime()
    const open = claims.filter((claim) => !this.#done.has(keyOf(claim))).map((claim) => ({ ...claim, settled: claim.settled ?? this.#search.found(claim) }))
    open.sort((a, b) => compareText(a.settled?.cid ?? '', b.settled?.cid ?? ''))
    for (const claim of open) await this.#answer(claim, treesOf)
  }

  async #answer(claim: FiledClaim, treesOf: (cid: string) => Promise<EpochTrees>): Promise<void> {
    const { log, counted } = this.#parts
    const about = { gateway: claim.gateway, receipt: claim.receiptId }
    try {
      const outcome = claim.settled ? await this.#refute(claim, claim.settled, treesOf) : await this.#attribute(claim)
      if (outcome === undefined) return
      this.#done.add(keyOf(claim))
      counted(outcome)
      log.warn(`estate.${outcome}`, about)
    } catch (error) {
      if (decided.includes((error as { code?: string }).code ?? '')) {
        this.#done.add(keyOf(claim))
        return
      }
      counted('failed')
      log.warn('estate.failed', { ...about, ...errorFields(error) })
    }
  }

  async #refute({ gateway, receiptId }: FiledClaim, { index, cid }: Settled, treesOf: (cid: string) => Promise<EpochTrees>): Promise<'refuted' | undefined> {
    const { chain } = this.#parts
    const header = (await chain.stands(gateway, receiptId)) ? await chain.header(gateway, index) : null
    if (!header) return undefined
    const trees = await treesOf(cid)
    const place = trees.file.receipts.findIndex(({ id }) => id === receiptId)
    if (place < 0 || compareHex(trees.receiptsRoot, header.receiptsRoot) !== 0) return undefined
    await chain.refute(gateway, header, trees.receipt(place))
    return 'refuted'
  }

  async #attribute({ gateway, receiptId, isAttributed }: FiledClaim): Promise<'attributed' | undefined> {
    const { chain, records } = this.#parts
    // One that shows another Attribution than ours shows that the node signed two: ours would only take its own shares from it.
    const signed = isAttributed ? undefined : await records.attributed(receiptId)
    if (!signed || !(await chain.stands(gateway, receiptId))) return undefined
    await chain.attribute(gateway, signed, signed.shares)
    return 'attributed'
  }

  /** Reads epochs' files and keeps the last: they are large, and claims of one epoch come together. */
  #oneAtATime(): (cid: string) => Promise<EpochTrees> {
    let last: { cid: string; trees: EpochTrees } | undefined
    return async (cid) => {
      if (last?.cid !== cid) last = { cid, trees: new EpochTrees(readArtefact(epochFileSchema, await this.#parts.content.get(cid))) }
      return last.trees
    }
  }
}

const keyOf = ({ receiptId, block, logIndex }: FiledClaim): string => `${receiptId} ${block} ${logIndex}`
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
