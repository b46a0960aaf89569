import { deploymentSchema, openedTokens, readArtefact, receiptSchema, toJson, writeExecutionOpening, type ExecutionOpening, type Hex, type Json, type Receipt } from '@openledger/protocol'
import type { Address } from 'viem'
import type { Journal } from '../journal/Journal.ts'
import type { PendingAnswer } from '../readout/attributeReceipt.ts'
import type { ReadoutJob } from '../readout/ReadoutQueue.ts'
import type { KeptReceipt } from '../worker/AnswerWorker.ts'

/** A signed attribution as it goes to the gateway. */
export type SignedAttribution = { statement: Json; signature: Hex; document: Json; /** Content id. */ queryVector: string }

/** What an attribution depends on that the receipt was signed with; what the chain and the gateway know is asked for when it is needed. */
export type KeptAnswer = Omit<PendingAnswer, 'payer' | 'revoked'>

/** What a court can ask of a receipt's node. `attribution` is the latest that was signed. */
export type OwnAnswer = { statement: Receipt; opening: ExecutionOpening; attribution: SignedAttribution | null }

/** An Attribution that was signed here, with what its shares follow from. `deadline` in Unix seconds. */
export type OwnAttribution = Omit<KeptAnswer, 'promptTokens' | 'answer' | 'adapterId' | 'run'> & { attribution: SignedAttribution }

type Signed = { id: Hex; nonce: string; statement: Json; opening: ExecutionOpening; attribution: { deployment: Json; adapterId: Hex; run: string; platformFee: string; treasury: Address; stakers: Address; deadline: number } | null }
type Facts = { signed: Signed; attributed: { id: Hex } & SignedAttribution; ended: { id: Hex; how: 'delivered' | 'unwanted' | 'late' } }

/**
 * What a node that runs alone must remember of its receipts: which nonces are used, and what still waits for its attribution. An attribution is written
 * down before it leaves, so that there are never two of one receipt.
 */
export class SignedReceipts {
  readonly #journal: Journal
  readonly #waiting = new Map<Hex, NonNullable<Signed['attribution']> & Pick<Signed, 'statement' | 'opening'>>()
  readonly #attributed = new Map<Hex, SignedAttribution>()
  #lastNonce = 0n

  private constructor(journal: Journal) {
    this.#journal = journal
  }

  /** Reads the journal; the caller closes it. */
  static async open(journal: Journal): Promise<SignedReceipts> {
    const receipts = new SignedReceipts(journal)
    for await (const { type, data } of journal.read()) receipts.#take(type as keyof Facts, data as never)
    return receipts
  }

  /** The first nonce that was never used. */
  get nextNonce(): bigint {
    return this.#lastNonce + 1n
  }

  /** What waits for its attribution, or for the gateway to take it; oldest first. */
  get open(): ReadoutJob[] {
    return [...this.#waiting].map(([receiptId, { deadline }]) => ({ receiptId, deadline }))
  }

  /** Keeps a receipt before it leaves. @throws StorageError of the journal */
  async keep({ id, statement, order, answer, deadline }: KeptReceipt, { treasury, stakers, profile }: { treasury: Address; stakers: Address; profile: Json }): Promise<void> {
    const { deployment, adapterId, manifest, platformFee } = order
    const isOpen = deadline !== null && adapterId !== null && manifest !== null
    await this.#record('signed', {
      id,
      nonce: statement.nonce.toString(),
      statement: toJson(statement),
      opening: writeExecutionOpening({ ...order, answerTokens: answer, profile }),
      attribution: isOpen ? { deployment: toJson(deployment), adapterId, run: manifest, platformFee: platformFee.toString(), treasury, stakers, deadline } : null,
    })
  }

  /** What an attribution has to be made of; undefined when it was made or is not awaited. */
  pending(id: Hex): KeptAnswer | undefined {
    const kept = this.#attributed.has(id) ? undefined : this.#waiting.get(id)
    if (!kept) return undefined
    const { statement, opening, deployment, platformFee, ...rest } = kept
    const { promptTokens, answerTokens: answer } = openedTokens(opening)
    return { ...rest, promptTokens, answer, statement: readArtefact(receiptSchema, statement as object), deployment: readArtefact(deploymentSchema, deployment as object), platformFee: BigInt(platformFee) }
  }

  /** What a court can ask of one of the receipts that were ever signed here; undefined for others. Reads the journal through: a case is rare. */
  async find(id: Hex): Promise<OwnAnswer | undefined> {
    let found: OwnAnswer | undefined
    for await (const { type, data } of this.#journal.read()) {
      if ((data as { id?: Hex }).id !== id) continue
      if (type === 'signed') {
        const { statement, opening } = data as Signed
        found = { statement: readArtefact(receiptSchema, statement as object), opening, attribution: null }
      } else if (type === 'attributed' && found) {
        const { statement, signature, document, queryVector } = data as Facts['attributed']
        found.attribution = { statement, signature, document, queryVector }
      }
    }
    return found
  }

  /** What was attributed here of some receipts, those that were. Reads the journal through. */
  async attributedOf(ids: ReadonlySet<Hex>): Promise<Map<Hex, OwnAttribution>> {
    const signed = new Map<Hex, Signed>()
    const found = new Map<Hex, OwnAttribution>()
    for await (const { type, data } of this.#journal.read()) {
      const { id } = data as { id: Hex }
      if (!ids.has(id)) continue
      if (type === 'signed') signed.set(id, data as Signed)
      const { statement, attribution: terms } = signed.get(id) ?? {}
      if (type !== 'attributed' || !statement || !terms) continue
      const { deployment, platformFee, treasury, stakers, deadline } = terms
      const { id: _, ...attribution } = data as Facts['attributed']
      found.set(id, { statement: readArtefact(receiptSchema, statement as object), deployment: readArtefact(deploymentSchema, deployment as object), platformFee: BigInt(platformFee), treasury, stakers, deadline, attribution })
    }
    return found
  }

  /** The attribution of a receipt that waits for the gateway to take it. */
  attribution(id: Hex): SignedAttribution | undefined {
    return this.#attributed.get(id)
  }

  /** Keeps an attribution before it leaves. @throws StorageError of the journal */
  async attribute(id: Hex, attribution: SignedAttribution): Promise<void> {
    await this.#record('attributed', { id, ...attribution })
  }

  /** Nothing is awaited any more: the gateway has it, or does not want it, or it came too late. */
  async end(id: Hex, how: Facts['ended']['how']): Promise<void> {
    if (this.#waiting.has(id)) await this.#record('ended', { id, how })
  }

  async #record<T extends keyof Facts>(type: T, data: Facts[T]): Promise<void> {
    await this.#journal.append(type, data)
    this.#take(type, data)
  }

  #take<T extends keyof Facts>(type: T, data: Facts[T]): void {
    const { id } = data
    if (type === 'signed') {
      const { nonce, statement, opening, attribution } = data as Signed
      if (BigInt(nonce) > this.#lastNonce) this.#lastNonce = BigInt(nonce)
      if (attribution) this.#waiting.set(id, { ...attribution, statement, opening })
    } else if (type === 'attributed') {
      const { statement, signature, document, queryVector } = data as Facts['attributed']
      this.#attributed.set(id, { statement, signature, document, queryVector })
    } else {
      this.#waiting.delete(id)
      this.#attributed.delete(id)
    }
  }
}
