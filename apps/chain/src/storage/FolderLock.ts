import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { UnavailableError } from '@openledger/protocol/errors'

type Holder = { pid: number; started: string; token: string }

/** When a process started, in the kernel's own units; empty where the system does not say. Tells a process from a later one with its number. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const started = startOf(holder.pid)
  return holder.started === '' || started === '' || started === holder.started
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

/** At most one process works on a data folder: a file names the process that does. A process that died leaves it behind; the next takes it over. */
export class FolderLock {
  private readonly file: string
  private readonly token: string

  private constructor(file: string, token: string) {
    this.file = file
    this.token = token
  }

  /**
   * Takes the folder, which must exist.
   * @throws UnavailableError `CHAIN_DATA_LOCKED` when a living process holds it
   */
  static take(folder: string): FolderLock {
    const file = path.join(folder, 'chain.lock')
    const token = randomUUID()
    const own = `${file}.${token}`
    const descriptor = openSync(own, 'wx')
    try {
      writeSync(descriptor, JSON.stringify({ pid: process.pid, started: startOf(process.pid), token } satisfies Holder))
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    try {
      for (let attempt = 0; attempt < 10; attempt++) {
        if (tryLink(own, file)) return new FolderLock(file, token)
        const holder = readHolder(file)
        if (holder !== undefined && isAlive(holder)) throw locked(folder, holder.pid)
        removeStale(file, holder, own)
      }
      throw locked(folder, readHolder(file)?.pid)
    } finally {
      unlinkSync(own)
    }
  }

  /** Gives the folder back. */
  release(): void {
    if (readHolder(this.file)?.token === this.token) unlinkSync(this.file)
  }
}

/** Linking fails when the name exists: of two processes exactly one succeeds, and the file is never seen half-written. */
function tryLink(own: string, file: string): boolean {
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Moves a dead process's lock aside; puts it back when another process replaced it in the meantime. */
function removeStale(file: string, stale: Holder | undefined, own: string): void {
  const aside = `${own}.stale`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  const moved = readHolder(aside)
  if (moved?.token !== stale?.token && !existsSync(file)) tryLink(aside, file)
  unlinkSync(aside)
}

function locked(folder: string, pid: number | undefined): UnavailableError {
  return new UnavailableError('CHAIN_DATA_LOCKED', `process ${pid ?? 'unknown'} already runs a chain on ${folder}`, {
    fix: 'use the chain that runs, stop it first, or choose another data folder',
    action: 'fix',
  })
}
