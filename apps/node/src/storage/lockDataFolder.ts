import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { StorageError } from '@openledger/protocol'
import { processStart } from './processStart.ts'

/** The right to write to a data folder. */
export type DataFolderLock = { release(): Promise<void> }

type Holder = { pid: number; start: string; host: string }

function locked(dir: string, holder: Holder): StorageError {
  const where = holder.host === hostname() ? `process ${holder.pid}` : `process ${holder.pid} on ${holder.host}`
  return new StorageError('DATA_FOLDER_LOCKED', `the data folder ${dir} is in use by ${where}`, {
    action: 'fix',
    status: 409,
    fix: 'stop that process, or choose another folder with --data',
  })
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder>
    return typeof value.pid === 'number' && typeof value.start === 'string' && typeof value.host === 'string' ? (value as Holder) : undefined
  } catch {
    return undefined
  }
}

/** A holder on this machine whose process has ended, or whose pid belongs to another process now, holds nothing. */
function isStale(holder: Holder | undefined): boolean {
  if (!holder) return true
  return holder.host === hostname() && processStart(holder.pid) !== holder.start
}

/** Moves a stale lock away; puts it back when it turns out to be a fresh one of somebody faster. */
async function removeStale(file: string, staleText: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  try {
    await rename(file, aside)
  } catch {
    return
  }
  if ((await readFile(aside, 'utf8')) !== staleText) await link(aside, file).catch(() => undefined)
  await rm(aside, { force: true })
}

/**
 * Takes the lock of a data folder, and takes it over from a process that has ended without giving it back.
 * @throws StorageError DATA_FOLDER_LOCKED while another process holds it
 */
export async function lockDataFolder(dir: string): Promise<DataFolderLock> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const file = path.join(dir, 'lock')
  const mine: Holder = { pid: process.pid, start: processStart(process.pid) ?? 'unknown', host: hostname() }
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      const handle = await open(file, 'wx', 0o600)
      await handle.writeFile(JSON.stringify(mine))
      await handle.sync()
      await handle.close()
      return { release: () => rm(file, { force: true }) }
    } catch (error) {
      if ((error as { code?: string }).code !== 'EEXIST') throw error
    }
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const holder = parseHolder(text)
    if (!isStale(holder)) throw locked(dir, holder!)
    await removeStale(file, text)
  }
  throw new StorageError('DATA_FOLDER_LOCKED', `another process is starting on the data folder ${dir}`, { action: 'retry', status: 409, fix: 'wait a moment and try again' })
}
