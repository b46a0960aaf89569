import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fail } from '@openledger/protocol'

/** The processes that write to a data folder: its node and its embedded chain. */
export type Writers = {
  count: number
  /** Has them stand still, and waits until they do. @throws InputError CANNOT_PAUSE where the system cannot */
  pause(): Promise<void>
  resume(): void
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The living process that a lock file names; undefined when there is none. */
async function holderOf(file: string): Promise<number | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const { pid } = JSON.parse(text) as { pid?: unknown }
    if (typeof pid !== 'number') return undefined
    process.kill(pid, 0)
    return pid
  } catch {
    return undefined
  }
}

const pollMs = 2
const mostPolls = 1000
/** Where the system does not say whether a process stands still. */
const graceMs = 100
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until no thread of a process runs any more. */
async function untilStopped(pid: number): Promise<void> {
  for (let polls = 0; polls < mostPolls; polls++) {
    const threads = await readdir(`/proc/${pid}/task`).catch(() => undefined)
    if (!threads) return pause(graceMs)
    const stats = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => '')))
    if (stats.every((stat) => stat === '' || /[TtXZ]/.test(stat.slice(stat.lastIndexOf(')') + 2)[0]!))) return
    await pause(pollMs)
  }
  fail('CANNOT_PAUSE', `process ${pid} does not stand still`, { action: 'retry', fix: 'try again' })
}

/** Finds who writes to a data folder, by the locks that they hold: the node first, then the chain, so that the chain knows at least what the node was told. */
export async function writersOf(folder: string): Promise<Writers> {
  const holders = await Promise.all([holderOf(path.join(folder, 'lock')), holderOf(path.join(folder, 'chain', 'chain.lock'))])
  const pids = [...new Set(holders.filter((pid) => pid !== undefined && pid !== process.pid))] as number[]
  const send = (signal: NodeJS.Signals): void => {
    for (const pid of pids) {
      try {
        process.kill(pid, signal)
      } catch {
        // It has ended meanwhile.
      }
    }
  }
  const resume = (): void => {
    send('SIGCONT')
    for (const signal of signals) process.off(signal, interrupted)
  }
  // Whoever ends this program must not leave the others standing.
  const interrupted = (): never => {
    resume()
    process.exit(130)
  }
  return {
    count: pids.length,
    resume,
    async pause() {
      if (pids.length > 0 && process.platform === 'win32') fail('CANNOT_PAUSE', 'a running node cannot be copied on this system', { fix: 'stop it, copy the folder, and start it again' })
      for (const signal of signals) process.once(signal, interrupted)
      send('SIGSTOP')
      for (const pid of pids) await untilStopped(pid)
    },
  }
}
