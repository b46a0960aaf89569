import { drillDown, drillDownCandidates, type CorpusTokenizer, type DrillDownEngine, type ShapingRecord } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import { fail, readArtefact, runManifestSchema, type Hex, type ReceiptBundle } from '@openledger/protocol'
import type { ShapingRecordsView } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Names } from '../keys/Names.ts'
import { readRunRecords, type RunRecords } from './runRecords.ts'

export type DrillDownParts = {
  content: ContentStore
  names: Names
  tokenizer: CorpusTokenizer
  /** The engine beside the one that answers. Absent where this node computes no gradients. */
  engine: DrillDownEngine | null
  /** Whether attributions wait for that engine: they go first. */
  isBusy: () => boolean
  /** The records of an adapter that are revoked by now. */
  revoked: (bundle: ReceiptBundle) => Promise<ReadonlySet<Hex>>
}

const mostKept = 256
const mostRuns = 4
const limit = 8

/** Says which records shaped an answer: on demand, for whoever may read it. Keeps what it computed. */
export class DrillDowns {
  readonly #parts: DrillDownParts
  readonly #runs = new Map<string, Promise<RunRecords | null>>()
  readonly #kept = new Map<string, ShapingRecord[]>()

  constructor(parts: DrillDownParts) {
    this.#parts = parts
  }

  /**
   * The records that shaped an answer, of all contributors or of one. While attributions wait, gradients are not compared and the records go by
   * their fingerprints alone.
   * @throws InputError NO_FINGERPRINTS (404) for the bare base and for runs that published none
   */
  async of(receiptId: Hex, bundle: ReceiptBundle, contributor?: Address): Promise<ShapingRecordsView> {
    const { engine, isBusy, revoked, names } = this.#parts
    const records = bundle.run === null ? null : await this.#records(bundle.run)
    if (engine === null || records === null) return fail('NO_FINGERPRINTS', 'there are no fingerprints of the records of this model', { status: 404, fix: 'ask for an answer of an adapter whose run published them' })
    const key = `${receiptId} ${contributor?.toLowerCase() ?? ''}`
    let found = this.#kept.get(key)
    const exact = found !== undefined || !isBusy()
    if (found === undefined) {
      const request = { prompt: bundle.request.promptTokens, answer: bundle.answer.tokens, contributor, revoked: await revoked(bundle), candidates: exact ? drillDownCandidates : 0, limit }
      found = await drillDown(engine, records, request)
      if (exact) this.#keep(key, found)
    }
    const items: ShapingRecordsView['items'] = []
    for (const record of found) items.push({ ...record, name: await names.of(record.contributor), ...records.words.get(record.recordId)! })
    return { receiptId, exact, items }
  }

  async #records(run: string): Promise<RunRecords | null> {
    const { content, tokenizer } = this.#parts
    let records = this.#runs.get(run)
    if (records === undefined) {
      records = content.get(run).then((bytes) => readRunRecords(content, readArtefact(runManifestSchema, bytes), tokenizer))
      this.#runs.set(run, records)
      records.catch(() => this.#runs.delete(run))
      if (this.#runs.size > mostRuns) this.#runs.delete(this.#runs.keys().next().value!)
    }
    return records
  }

  #keep(key: string, found: ShapingRecord[]): void {
    this.#kept.set(key, found)
    if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!)
  }
}
