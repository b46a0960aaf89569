import path from 'node:path'
import { StorageError } from '@openledger/protocol'
import { encodeFrames, frameBytes, maxFrameBytes, scanFrames } from './frame.ts'
import { diskFiles, type JournalFile, type JournalFiles } from './JournalFiles.ts'

/** One journaled fact: its place in the journal (from 1, without gaps), when it was written (Unix milliseconds), what kind, and its data. */
export type JournalEntry = { seq: number; time: number; type: string; data: unknown; texts?: JsonTexts }

/** The JSON of some of the data's fields, where it is at hand: large ones are not made twice. */
export type JsonTexts = Readonly<Record<string, string>>

export type JournalOptions = {
  folder: string
  /** A new segment file is begun beyond this size, in bytes. Default 64 MiB. */
  segmentBytes?: number
  files?: JournalFiles
  now?: () => number
}

type Pending = { type: string; data: unknown; texts: JsonTexts | undefined; json: string; resolve: (entry: JournalEntry) => void; reject: (error: unknown) => void }
type Segment = { name: string; firstSeq: number }

const segmentName = (firstSeq: number): string => `${String(firstSeq).padStart(12, '0')}.log`
const segmentPattern = /^(\d{12})\.log$/

function jsonOf(data: object, texts: JsonTexts): string {
  const members = Object.entries(data).filter(([, value]) => value !== undefined)
  return `{${members.map(([field, value]) => `${JSON.stringify(field)}:${texts[field] ?? JSON.stringify(value)}`).join(',')}}`
}

function damaged(file: string, offset: number, what: string): StorageError {
  return new StorageError('JOURNAL_DAMAGED', `${file}: ${what} at byte ${offset}`, {
    action: 'stop',
    fix: 'restore the journal folder from a copy; nothing was changed',
  })
}

function writeError(cause: unknown): StorageError {
  const code = (cause as { code?: string }).code
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new StorageError('NO_SPACE', 'the disk is full: nothing was recorded', { cause, action: 'retry', status: 507, fix: 'free disk space, then send the request again' })
  }
  return new StorageError('JOURNAL_WRITE_FAILED', 'the journal could not be written: nothing was recorded', { cause, action: 'retry', fix: 'check the disk, then send the request again' })
}

/**
 * An append-only log of facts that cannot be derived again. `append` returns when the fact is flushed to the disk; facts that arrive
 * together share one flush. A write that was cut off by a crash is removed on opening; damage anywhere else is an error.
 */
export class Journal {
  readonly #folder: string
  readonly #segmentBytes: number
  readonly #files: JournalFiles
  readonly #now: () => number
  #segments: Segment[] = []
  #file: JournalFile | undefined
  #size = 0
  #lastSeq = 0
  #pending: Pending[] = []
  #writing: Promise<void> | undefined
  #broken: StorageError | undefined
  #closed = false

  private constructor(options: JournalOptions) {
    this.#folder = options.folder
    this.#segmentBytes = options.segmentBytes ?? 64 * 1024 * 1024
    this.#files = options.files ?? diskFiles
    this.#now = options.now ?? Date.now
  }

  /**
   * Opens the journal, checks every frame and removes a cut-off tail.
   * @throws StorageError JOURNAL_DAMAGED naming file and offset
   */
  static async open(options: JournalOptions): Promise<Journal> {
    const journal = new Journal(options)
    const names = (await journal.#files.list(options.folder)).filter((name) => segmentPattern.test(name)).sort()
    journal.#segments = names.map((name) => ({ name, firstSeq: Number(segmentPattern.exec(name)![1]) }))
    const first = journal.#segments[0]
    if (first && first.firstSeq !== 1) throw damaged(path.join(options.folder, segmentName(1)), 0, 'the file is missing')
    for await (const entry of journal.read()) journal.#lastSeq = entry.seq
    const last = journal.#segments.at(-1)
    if (last) await journal.#openSegment(last)
    return journal
  }

  /** The place of the newest flushed fact; 0 when there is none. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** Why the journal takes no more facts until the process is started again; undefined while it is sound. */
  get broken(): StorageError | undefined {
    return this.#broken
  }

  /**
   * Appends a fact and returns when it is on the disk.
   * @param texts JSON of some fields, which is written as it is
   * @throws StorageError NO_SPACE when the disk is full (nothing was recorded; later appends may succeed), JOURNAL_WRITE_FAILED
   */
  append(type: string, data: object, texts?: JsonTexts): Promise<JournalEntry> {
    if (this.#closed) return Promise.reject(new StorageError('JOURNAL_CLOSED', 'the node is stopping', { action: 'retry' }))
    if (this.#broken) return Promise.reject(this.#broken)
    const json = texts ? jsonOf(data, texts) : JSON.stringify(data)
    if (json.length > maxFrameBytes / 2) {
      return Promise.reject(new StorageError('RECORD_TOO_LARGE', 'this is too large to be recorded', { action: 'fix', status: 413, fix: 'send it in smaller parts' }))
    }
    return new Promise((resolve, reject) => {
      this.#pending.push({ type, data, texts, json, resolve, reject })
      this.#writing ??= this.#drain()
    })
  }

  /** Every fact from `fromSeq` on, in order. Frames are checked as they are read. */
  async *read(fromSeq = 1): AsyncGenerator<JournalEntry> {
    const wanted = this.#segments.filter((_, i) => (this.#segments[i + 1]?.firstSeq ?? Infinity) > fromSeq)
    for (const segment of wanted) yield* this.#readSegment(segment, fromSeq)
  }

  /** Flushes what is pending and closes the file. */
  async close(): Promise<void> {
    this.#closed = true
    while (this.#writing) await this.#writing
    await this.#file?.close()
    this.#file = undefined
  }

  async *#readSegment(segment: Segment, fromSeq: number): AsyncGenerator<JournalEntry> {
    const file = path.join(this.#folder, segment.name)
    const isLast = segment === this.#segments.at(-1)
    const scan = scanFrames(await this.#files.read(file))
    if (scan.rest === 'damaged' || (scan.rest === 'torn' && !isLast)) throw damaged(file, scan.validBytes, 'a record is damaged')
    let seq = segment.firstSeq
    let offset = 0
    for (const body of scan.bodies) {
      const entry = JSON.parse(body) as JournalEntry
      if (entry.seq !== seq) throw damaged(file, offset, `expected record ${seq}, found ${entry.seq}`)
      if (seq >= fromSeq) yield entry
      seq++
      offset += frameBytes(Buffer.byteLength(body))
    }
    const next = this.#segments[this.#segments.indexOf(segment) + 1]
    if (next && next.firstSeq !== seq) throw damaged(file, offset, `the journal goes on at record ${next.firstSeq}, expected ${seq}`)
  }

  async #openSegment(segment: Segment): Promise<void> {
    const file = path.join(this.#folder, segment.name)
    const handle = await this.#files.open(file)
    const bytes = await this.#files.read(file)
    this.#size = scanFrames(bytes).validBytes
    if (this.#size < bytes.length) {
      await handle.truncate(this.#size)
      await handle.flush()
    }
    this.#file = handle
  }

  async #rotate(): Promise<void> {
    const segment = { name: segmentName(this.#lastSeq + 1), firstSeq: this.#lastSeq + 1 }
    const handle = await this.#files.open(path.join(this.#folder, segment.name))
    await handle.truncate(0)
    await this.#file?.close()
    this.#file = handle
    this.#size = 0
    if (this.#segments.at(-1)?.name !== segment.name) this.#segments.push(segment)
  }

  async #drain(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending
      this.#pending = []
      try {
        const entries = await this.#writeBatch(batch)
        batch.forEach((item, i) => item.resolve(entries[i]!))
      } catch (error) {
        for (const item of batch) item.reject(error)
      }
    }
    this.#writing = undefined
  }

  async #writeBatch(batch: Pending[]): Promise<JournalEntry[]> {
    if (this.#broken) throw this.#broken
    const time = this.#now()
    const entries = batch.map(({ type, data, texts }, i) => ({ seq: this.#lastSeq + 1 + i, time, type, data, texts }))
    const bodies = entries.map(({ seq, type }, i) => `{"seq":${seq},"time":${time},"type":${JSON.stringify(type)},"data":${batch[i]!.json}}`)
    try {
      if (!this.#file || this.#size >= this.#segmentBytes) await this.#rotate()
    } catch (cause) {
      throw writeError(cause)
    }
    const bytes = encodeFrames(bodies)
    await this.#writeBytes(bytes)
    this.#size += bytes.length
    this.#lastSeq += entries.length
    return entries
  }

  async #writeBytes(bytes: Uint8Array): Promise<void> {
    const file = this.#file!
    let flushing = false
    try {
      await file.write(bytes, this.#size)
      flushing = true
      await file.flush()
    } catch (cause) {
      const error = writeError(cause)
      // After a failed flush nobody knows what is on the disk: only a new start, which reads it, can tell.
      if (flushing) this.#broken = error
      else await file.truncate(this.#size).catch(() => (this.#broken = error))
      throw error
    }
  }
}
