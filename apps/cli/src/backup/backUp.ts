import { cp, mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { fail } from '@openledger/protocol'
import { writersOf } from './writersOf.ts'

export type BackUpInput = {
  /** The data folder. */
  data: string
  /** A folder that does not exist yet, or is empty. */
  target: string
  /** Milliseconds; for the time that the writers stood still. */
  now: () => number
}

export type BackedUp = { target: string; /** Whether something was running on the folder. */ running: boolean; /** How long it stood still, milliseconds. */ pausedMs: number }

/** Files by the hash of their content, and base models: nothing in them ever changes, so they are copied while everything runs. */
const unchanging = ['content', 'models', 'bases']
/** What belongs to a process that runs, and the database, which is made again from journal and chain. */
const left = new Set(['lock', 'endpoint.json', 'db', 'chain/chain.lock'])

const isMissing = (error: unknown): boolean => (error as { code?: string }).code === 'ENOENT'

async function copy(from: string, to: string, name: string): Promise<void> {
  const wanted = (source: string): boolean => !left.has(path.relative(from, source).split(path.sep).join('/')) && !source.endsWith('.part')
  // What is there from the first pass has the same content.
  await cp(path.join(from, name), path.join(to, name), { recursive: true, force: false, preserveTimestamps: true, filter: wanted }).catch((error: unknown) => {
    if (!isMissing(error)) throw error
  })
}

async function makeEmpty(target: string): Promise<void> {
  const found = await readdir(target).catch((error: unknown) => (isMissing(error) ? [] : Promise.reject(error as Error)))
  if (found.length > 0) fail('BACKUP_EXISTS', `${target} is not empty`, { field: 'folder', fix: 'name a folder that does not exist yet' })
  await mkdir(path.dirname(target), { recursive: true })
}

/**
 * Copies a data folder, also while a node runs on it. What never changes is copied first; then node and chain stand still while the rest is, so
 * that the copy is what a power cut at that moment would have left: everything that anybody was told is in it. It appears under its name when it is whole.
 * @throws InputError NO_DATA_FOLDER, BACKUP_EXISTS, BACKUP_INSIDE, CANNOT_PAUSE
 */
export async function backUp({ data, target, now }: BackUpInput): Promise<BackedUp> {
  const [from, to] = [path.resolve(data), path.resolve(target)]
  if (to === from || to.startsWith(from + path.sep)) fail('BACKUP_INSIDE', 'a copy cannot lie in the folder that it is a copy of', { field: 'folder', fix: 'name a folder elsewhere' })
  await readFile(path.join(from, 'version.json')).catch((cause: unknown) => fail('NO_DATA_FOLDER', `${from} is not a data folder`, { cause, field: '--data', fix: 'name the data folder of a node' }))
  await makeEmpty(to)
  const draft = `${to}.part`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  try {
    for (const name of unchanging) await copy(from, draft, name)
    const writers = await writersOf(from)
    const began = now()
    try {
      await writers.pause()
      for (const name of await readdir(from)) if (!left.has(name)) await copy(from, draft, name)
    } finally {
      writers.resume()
    }
    const pausedMs = now() - began
    await rmdir(to).catch(() => undefined)
    await rename(draft, to)
    return { target: to, running: writers.count > 0, pausedMs }
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}
