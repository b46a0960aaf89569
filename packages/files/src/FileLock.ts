import { createHash, randomUUID } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { processStart } from './processStart.ts'

/** The process that a lock names: its number, when it began (`processStart`) and its machine. */
export type Holder = { pid: number; start: string; host: string }

function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder>
    return typeof value.pid === 'number' && typeof value.start === 'string' && typeof value.host === 'string' ? (value as Holder) : undefined
  } catch {
    return undefined
  }
}

/** A holder on this machine whose process has ended, or whose pid belongs to another process now, holds nothing; neither does a torn file. */
function isStale(holder: Holder | undefined): boolean {
  if (!holder) return true
  return holder.host === hostname() && processStart(holder.pid) !== holder.start
}

/** Under which name the lock after this one is made. */
const successor = (file: string, text: string): string => `${file}.${createHash('sha256').update(text).digest('hex').slice(0, 32)}`

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Gives a written file a second name unless that name is taken: of several processes one succeeds, and nobody reads half of it. */
function tryLink(draft: string, name: string): boolean {
  try {
    linkSync(draft, name)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * At most one living process holds a lock, whenever others try and wherever one of them is killed.
 *
 * A lock that its process left behind is never removed by those who want it: whoever comes next makes a successor, whose
 * name follows from the text of the lock before it, so that of several one succeeds. The last of this chain holds the
 * lock. It then puts its own file in the first's place. Who was slow and made a successor of a lock that is no longer in
 * the chain sees so when it looks once more, and tries again.
 */
export class FileLock {
  readonly #file: string
  readonly #text: string

  private constructor(file: string, text: string) {
    this.#file = file
    this.#text = text
  }

  /**
   * Takes a lock, also from a process that has ended without giving it back.
   * @param file its path; its folder must exist, on a file system with hard links
   * @param refusal the error to throw while another process holds it; without a holder, others are taking it just now
   */
  static take(file: string, refusal: (holder: Holder | undefined) => Error): FileLock {
    const text = JSON.stringify({ pid: process.pid, start: processStart(process.pid) ?? 'unknown', host: hostname(), token: randomUUID() })
    const draft = `${file}.${randomUUID()}`
    try {
      for (let attempt = 0; attempt < 20; attempt++) {
        const last = FileLock.#last(file)
        const holder = last === undefined ? undefined : parseHolder(last)
        if (last !== undefined && !isStale(holder)) throw refusal(holder)
        const name = last === undefined ? file : successor(file, last)
        // Written anew each time: who holds the lock clears drafts away.
        writeFileSync(draft, text, { mode: 0o600 })
        if (!FileLock.#wins(file, draft, name, text)) continue
        if (name !== file) FileLock.#straighten(file, draft)
        return new FileLock(file, text)
      }
      throw refusal(undefined)
    } finally {
      rmSync(draft, { force: true })
    }
  }

  /** Gives the lock back; one that is no longer this one's stays. */
  release(): void {
    if (read(this.#file) === this.#text) rmSync(this.#file, { force: true })
  }

  /** What stands at the end of the chain; undefined where nobody has the lock. */
  static #last(file: string): string | undefined {
    let last: string | undefined
    for (let text = read(file); text !== undefined; text = read(successor(file, text))) last = text
    return last
  }

  static #wins(file: string, draft: string, name: string, text: string): boolean {
    try {
      if (!tryLink(draft, name)) return false
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
      throw error
    }
    if (FileLock.#last(file) === text) return true
    rmSync(name, { force: true })
    return false
  }

  /** Makes the holder's own lock the first of the chain, then clears away those before it and what killed processes left. */
  static #straighten(file: string, draft: string): void {
    renameSync(draft, file)
    const { dir, base } = path.parse(file)
    for (const name of readdirSync(dir)) if (name.startsWith(`${base}.`)) rmSync(path.join(dir, name), { force: true })
  }
}
