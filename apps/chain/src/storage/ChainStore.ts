import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { KECCAK256_RLP, equalsBytes } from '@ethereumjs/util'
import { open, type Database, type RootDatabase } from 'lmdb'
import { inspectFile } from './inspectFile.ts'
import { decodePlace, encodePlace, type TransactionPlace } from './records.ts'
import { requireSpace } from './requireSpace.ts'
import { corrupt, writeError } from './storageErrors.ts'

/** Everything that becomes true with a block; stored as one transaction of the database, whole or not at all. */
export type BlockCommit = {
  number: number
  hash: Uint8Array
  /** The block, RLP. */
  block: Uint8Array
  /** Its receipts, as `encodeReceipts` writes them. */
  receipts: Uint8Array
  /** The bloom filter of its logs, 256 bytes; undefined when it has none. */
  bloom: Uint8Array | undefined
  transactionHashes: Uint8Array[]
  /** Trie nodes and codes, by key in unprefixed hex. */
  nodes: ReadonlyMap<string, Uint8Array>
  /** Journal entries that this block made good. */
  settledSequences: number[]
}

/** A transaction that waits for a block, by the order of arrival. */
export type JournalEntry = { sequence: number; raw: Uint8Array }

export type JournalChange = { added: readonly JournalEntry[]; removed: readonly number[] }

const emptyRoot = Buffer.from(KECCAK256_RLP).toString('hex')
const codePrefix = '63'
const format = 'openledger-chain-1'

/**
 * The chain on disk: one LMDB file. A block, its receipts, its state and the head that points to it are one atomic, flushed
 * commit; so is the removal of its transactions from the pool's journal.
 */
export class ChainStore {
  readonly folder: string
  private readonly root: RootDatabase<Buffer, string>
  private readonly keccak256: (bytes: Uint8Array) => Uint8Array
  private readonly nodes: Database<Buffer, Uint8Array>
  private readonly blocks: Database<Buffer, number>
  private readonly receipts: Database<Buffer, number>
  private readonly blooms: Database<Buffer, number>
  private readonly numbers: Database<Buffer, Uint8Array>
  private readonly places: Database<Buffer, Uint8Array>
  private readonly journal: Database<Buffer, number>

  private constructor(folder: string, root: RootDatabase<Buffer, string>, keccak256: (bytes: Uint8Array) => Uint8Array) {
    this.folder = folder
    this.root = root
    this.keccak256 = keccak256
    const byHash = { encoding: 'binary', keyEncoding: 'binary' } as const
    const byNumber = { encoding: 'binary', keyEncoding: 'uint32' } as const
    this.nodes = root.openDB('nodes', byHash)
    this.numbers = root.openDB('numbers', byHash)
    this.places = root.openDB('places', byHash)
    this.blocks = root.openDB('blocks', byNumber)
    this.receipts = root.openDB('receipts', byNumber)
    this.blooms = root.openDB('blooms', byNumber)
    this.journal = root.openDB('journal', byNumber)
  }

  /**
   * Opens the store, or creates it. The caller holds the folder's lock.
   * @throws StorageError `CHAIN_DATA_CORRUPT` when the file is not what this class wrote
   */
  static open(folder: string, keccak256: (bytes: Uint8Array) => Uint8Array): ChainStore {
    mkdirSync(folder, { recursive: true })
    const file = path.join(folder, 'chain.mdb')
    const damage = inspectFile(file)
    if (damage !== undefined) throw corrupt(folder, `chain.mdb: ${damage}`)
    try {
      const root = open<Buffer, string>({ path: file, encoding: 'binary', maxDbs: 16, noSubdir: true })
      const store = new ChainStore(folder, root, keccak256)
      const found = root.get('format')?.toString()
      if (found === undefined) store.write(0, () => root.putSync('format', Buffer.from(format)))
      else if (found !== format) throw corrupt(folder, `it has the format "${found}", this version reads "${format}"`)
      return store
    } catch (error) {
      const failure = error as NodeJS.ErrnoException
      if (failure.code === 'CHAIN_DATA_CORRUPT') throw failure
      if (/MDB_(INVALID|CORRUPTED|PAGE_NOTFOUND|VERSION_MISMATCH|PANIC)/.test(failure.message)) throw corrupt(folder, failure.message, failure)
      throw writeError(folder, failure)
    }
  }

  /**
   * Reads a trie node or code; checks it against its key, which is its hash.
   * @throws StorageError when it is missing or altered: state is never silently taken for empty
   */
  node(keyHex: string): Uint8Array | undefined {
    const key = Buffer.from(keyHex, 'hex')
    const value = this.nodes.get(key)
    if (value === undefined) {
      if (keyHex === emptyRoot) return undefined
      throw corrupt(this.folder, `a part of the state is missing (${keyHex.slice(0, 16)})`)
    }
    const hash = keyHex.length === 66 && keyHex.startsWith(codePrefix) ? key.subarray(1) : key
    if (!equalsBytes(this.keccak256(value), hash)) throw corrupt(this.folder, `a part of the state was altered (${keyHex.slice(0, 16)})`)
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  }

  /** The number of the last block; undefined in a new store. */
  headNumber(): number | undefined {
    return this.root.get('head')?.readUInt32BE()
  }

  block(number: number): Uint8Array | undefined {
    return this.blocks.get(number)
  }

  blockReceipts(number: number): Uint8Array | undefined {
    return this.receipts.get(number)
  }

  numberOf(hash: Uint8Array): number | undefined {
    return this.numbers.get(hash)?.readUInt32BE()
  }

  place(transactionHash: Uint8Array): TransactionPlace | undefined {
    const bytes = this.places.get(transactionHash)
    return bytes === undefined ? undefined : decodePlace(bytes)
  }

  /** The blocks of an inclusive range that have logs, with their bloom filters, in order. */
  bloomsBetween(first: number, last: number): Iterable<{ key: number; value: Buffer }> {
    return this.blooms.getRange({ start: first, end: last + 1 })
  }

  /** Stores a block with all that belongs to it, and flushes it. After an error nothing of it is stored. */
  commitBlock(commit: BlockCommit): void {
    const number = Buffer.alloc(4)
    number.writeUInt32BE(commit.number)
    const nodeBytes = [...commit.nodes.values()].reduce((sum, value) => sum + value.length, 0)
    this.write(nodeBytes + commit.block.length + commit.receipts.length, () => {
      for (const [key, value] of commit.nodes) this.nodes.putSync(Buffer.from(key, 'hex'), Buffer.from(value))
      this.blocks.putSync(commit.number, Buffer.from(commit.block))
      this.receipts.putSync(commit.number, Buffer.from(commit.receipts))
      if (commit.bloom !== undefined) this.blooms.putSync(commit.number, Buffer.from(commit.bloom))
      this.numbers.putSync(commit.hash, number)
      for (const [index, hash] of commit.transactionHashes.entries()) {
        this.places.putSync(hash, Buffer.from(encodePlace({ blockNumber: commit.number, index })))
      }
      for (const sequence of commit.settledSequences) this.journal.removeSync(sequence)
      this.root.putSync('head', number)
    })
  }

  /** Changes the pool's journal and flushes it, all or nothing. */
  changeJournal(change: JournalChange): void {
    const bytes = change.added.reduce((sum, { raw }) => sum + raw.length, 0)
    this.write(bytes, () => {
      for (const sequence of change.removed) this.journal.removeSync(sequence)
      for (const { sequence, raw } of change.added) this.journal.putSync(sequence, Buffer.from(raw))
    })
  }

  /** The journal, oldest first. */
  journaled(): JournalEntry[] {
    return [...this.journal.getRange()].map(({ key, value }) => ({ sequence: key, raw: Uint8Array.from(value) }))
  }

  async close(): Promise<void> {
    await this.root.close()
  }

  /**
   * One transaction, flushed before it returns. The asynchronous kind would free the thread for the milliseconds of the flush, but
   * when the disk is full it fails by promises that nobody holds.
   */
  private write(bytes: number, action: () => void): void {
    requireSpace(this.folder, bytes)
    try {
      this.root.transactionSync(action)
    } catch (error) {
      throw writeError(this.folder, error)
    }
  }
}
