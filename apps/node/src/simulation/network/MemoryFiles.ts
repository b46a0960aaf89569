import type { JournalFile, JournalFiles } from '../../journal/JournalFiles.ts'
import type { SeededRandom } from '../time/seededRandom.ts'
import type { SimulatedProcess } from './SimulatedProcess.ts'

/** What a disk keeps when the power goes: what was flushed, as it must, or nothing. */
export type Disk = 'keeps' | 'forgets'

type Content = { bytes: Buffer; durable: number }

/** A disk in memory: what was not flushed when its process is killed may be there in part, or not at all. */
export class MemoryFiles {
  readonly #files = new Map<string, Content>()
  readonly #random: SeededRandom
  readonly #disk: Disk

  constructor(random: SeededRandom, disk: Disk) {
    this.#random = random
    this.#disk = disk
  }

  /** The disk as a process sees it: flushing takes some milliseconds. */
  of(process: SimulatedProcess): JournalFiles {
    return {
      list: (folder) => Promise.resolve([...this.#files.keys()].filter((name) => name.startsWith(`${folder}/`)).map((name) => name.slice(folder.length + 1))),
      read: (file) => Promise.resolve(Buffer.from(this.#files.get(file)?.bytes ?? [])),
      open: (name) => {
        if (!this.#files.has(name)) this.#files.set(name, { bytes: Buffer.alloc(0), durable: 0 })
        return Promise.resolve(this.#open(this.#files.get(name)!, process))
      },
    }
  }

  /** The machine lost its power: of what was not flushed a part is left. */
  crash(): void {
    for (const content of this.#files.values()) {
      const kept = this.#disk === 'forgets' ? 0 : content.durable + this.#random.whole(0, content.bytes.length - content.durable)
      content.bytes = content.bytes.subarray(0, kept)
      content.durable = kept
    }
  }

  #open(content: Content, process: SimulatedProcess): JournalFile {
    const unlessKilled = (work: () => void): Promise<void> => (process.isAlive ? Promise.resolve(work()) : new Promise(() => undefined))
    return {
      write: (bytes, offset) =>
        unlessKilled(() => {
          const whole = Buffer.alloc(Math.max(content.bytes.length, offset + bytes.length))
          content.bytes.copy(whole)
          whole.set(bytes, offset)
          content.bytes = whole
        }),
      flush: async () => {
        const { length } = content.bytes
        await process.clock.sleep(this.#random.whole(0, 4))
        content.durable = Math.max(content.durable, length)
      },
      truncate: (size) =>
        unlessKilled(() => {
          content.bytes = content.bytes.subarray(0, size)
          content.durable = Math.min(content.durable, size)
        }),
      close: () => Promise.resolve(),
    }
  }
}
