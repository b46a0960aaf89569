import { attributionStatementSchema, readArtefact, type Attribution, type ExecutionOpening, type Hex, type Receipt } from '@openledger/protocol'
import type { ExecutionCase, Summons } from '@openledger/sdk'
import type { Clock } from '../config/Clock.ts'
import type { Log } from '../config/Log.ts'
import { Repeated } from '../config/Repeated.ts'
import { Answerer } from '../settlement/Answerer.ts'
import type { SignedReceipts } from './SignedReceipts.ts'

/** What the courts ask of one node, and its answers to them. Every method may throw UnavailableError CHAIN_AWAY. */
export type OwnCourts = {
  /** The newest block. */
  head(): Promise<bigint>
  /** A block before which no summons can still be open. */
  first(): Promise<bigint>
  /** The summonses of a range of blocks, both ends included. */
  executions(from: bigint, to: bigint): Promise<{ receiptId: Hex; number: bigint }[]>
  attributions(from: bigint, to: bigint): Promise<Hex[]>
  execution(receiptId: Hex): Promise<Pick<ExecutionCase, 'stage' | 'number' | 'summonedAt' | 'until'> | null>
  attribution(receiptId: Hex): Promise<Summons | null>
  open(receipt: Receipt, opening: ExecutionOpening): Promise<void>
  show(attribution: { statement: Attribution; signature: Hex }): Promise<void>
}

export type OwnCasesParts = { courts: OwnCourts; receipts: Pick<SignedReceipts, 'find'>; clock: Clock; log: Log; /** Pause between looks, milliseconds. */ everyMs: number }

/** Blocks that are looked at again: a reorganisation may have put a summons into one of them. */
const overlap = 32n

/**
 * Answers for a node that runs alone when a court calls upon it: the gateway may be away, or wish it ill, and silence costs as much as a wrong answer. An answer
 * is opened when half of its time is over, since the gateway opens it too and pays for that; an attribution is shown at once, since the deposit pays for it.
 */
export class OwnCases {
  readonly #parts: OwnCasesParts
  readonly #turns: Repeated
  readonly #executions = new Map<string, { receiptId: Hex; number: bigint }>()
  readonly #attributions = new Set<Hex>()
  readonly #answerers: { answerAll(): Promise<void> }[]
  #next: bigint | undefined

  constructor(parts: OwnCasesParts) {
    this.#parts = parts
    this.#answerers = [this.#openings(), this.#attributed()]
    this.#turns = new Repeated({ turn: () => this.look(), event: 'courts.unseen', everyMs: parts.everyMs, clock: parts.clock, log: parts.log })
  }

  /** Looks once at what the courts ask, and answers. @throws UnavailableError CHAIN_AWAY */
  async look(): Promise<void> {
    const { courts } = this.#parts
    const head = await courts.head()
    const from = this.#next ?? (await courts.first())
    if (from <= head) {
      for (const summons of await courts.executions(from, head)) this.#executions.set(`${summons.receiptId} ${summons.number}`, summons)
      for (const receiptId of await courts.attributions(from, head)) this.#attributions.add(receiptId)
    }
    this.#next = head > overlap ? head - overlap : 0n
    for (const answerer of this.#answerers) await answerer.answerAll()
  }

  /** Begins to look again and again. */
  start(): void {
    this.#turns.start()
  }

  close(): Promise<void> {
    return this.#turns.close()
  }

  #openings(): Answerer<{ receiptId: Hex; number: bigint }> {
    const { courts, receipts, clock, log } = this.#parts
    return new Answerer({
      event: 'execution',
      log,
      decided: ['WRONG_STAGE', 'TOO_LATE'],
      rows: () => Promise.resolve([...this.#executions.values()]),
      keyOf: ({ receiptId, number }) => `${receiptId} ${number}`,
      about: ({ receiptId }) => ({ receipt: receiptId }),
      round: () => async ({ receiptId, number }) => {
        const open = await courts.execution(receiptId)
        // A reorganisation took it back; it may come again.
        if (!open) return false
        if (open.number !== number || open.stage !== 'summoned') return true
        if (2 * (clock.now() / 1000) < open.summonedAt + open.until) return false
        const own = await receipts.find(receiptId)
        if (!own) {
          log.error('execution.unknown', { receipt: receiptId })
          return true
        }
        await courts.open(own.statement, own.opening)
        log.info('execution.opened', { receipt: receiptId })
        return true
      },
    })
  }

  #attributed(): Answerer<Hex> {
    const { courts, receipts, log } = this.#parts
    return new Answerer({
      event: 'summons',
      log,
      decided: ['NOT_SUMMONED', 'TOO_LATE'],
      rows: () => Promise.resolve([...this.#attributions]),
      keyOf: (receiptId) => receiptId,
      about: (receiptId) => ({ receipt: receiptId }),
      round: () => async (receiptId) => {
        if (!(await courts.attribution(receiptId))) return false
        const attribution = (await receipts.find(receiptId))?.attribution
        if (!attribution) {
          log.error('summons.unanswerable', { receipt: receiptId })
          return true
        }
        await courts.show({ statement: readArtefact(attributionStatementSchema, attribution.statement as object), signature: attribution.signature })
        log.info('summons.answered', { receipt: receiptId })
        return true
      },
    })
  }
}
