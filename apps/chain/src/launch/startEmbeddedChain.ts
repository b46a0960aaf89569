import { fork, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { InputError, type OpenLedgerError, StorageError, UnavailableError } from '@openledger/protocol/errors'
import type { LaunchMessage } from './LaunchMessage.ts'

export type EmbeddedChainOptions = {
  /** Created when it is missing. At most one chain runs on a folder. */
  dataDir: string
  /** Default 0: any free port. */
  port?: number
  /** Default 127.0.0.1. */
  host?: string
  /** Of a new chain; must be that of an existing one. */
  chainId: number
  /** Balances at genesis in the smallest unit, by address; must be those of an existing chain. Left out: not compared. */
  genesisAccounts?: Record<string, bigint>
  /** Milliseconds between blocks; default 0: on demand. */
  blockTimeMs?: number
  /**
   * Lets blocks of one second share its timestamp. Without it each block's timestamp is later than the one before: several blocks a
   * second then run ahead of the clock, by 5 seconds at most, and a waiting period that a contract counts ends that much later.
   */
  sharedSeconds?: boolean
  /** Adds `evm_mine`, `evm_increaseTime` and `evm_setNextBlockTimestamp`, for tests. */
  dev?: boolean
  corsOrigins?: readonly string[]
  /** Gets each line that the chain logs. */
  onLog?: (line: string) => void
  /** Default 60,000: a start takes a second of one core, and the machine may be busy. */
  startTimeoutMs?: number
}

export type ChainExit = { code: number | null; signal: NodeJS.Signals | null }

export type EmbeddedChain = {
  /** For HTTP. */
  url: string
  /** The same, for WebSocket. */
  wsUrl: string
  pid: number
  chainId: number
  /** Resolves when the process has ended, for whatever reason. */
  exited: Promise<ChainExit>
  /** Lets it finish the block it is making; kills it when that takes more than ten seconds. May be called again. */
  stop(): Promise<ChainExit>
}

const patienceMs = 10_000
const loggedLines = 20

/**
 * Starts the chain as a child process and waits until it answers. The child ends with this process, however that ends.
 * @throws OpenLedgerError with the child's code: `CHAIN_DATA_LOCKED`, `CHAIN_DATA_CORRUPT`, `CHAIN_PORT_IN_USE`, `CHAIN_GENESIS_MISMATCH`, …
 */
export async function startEmbeddedChain(options: EmbeddedChainOptions): Promise<EmbeddedChain> {
  const child = fork(fileURLToPath(new URL('../main.ts', import.meta.url)), argumentsOf(options), {
    execArgv: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  const exited = new Promise<ChainExit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  const lines = followLog(child, options.onLog)
  const ready = await readiness(child, exited, lines, options)
  const stop = async (): Promise<ChainExit> => {
    child.kill('SIGTERM')
    const killer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    const exit = await exited
    clearTimeout(killer)
    return exit
  }
  return { url: ready.url, wsUrl: ready.url.replace(/^http/, 'ws'), pid: ready.pid, chainId: ready.chainId, exited, stop }
}

function argumentsOf(options: EmbeddedChainOptions): string[] {
  return [
    ...['--data', options.dataDir, '--port', String(options.port ?? 0), '--host', options.host ?? '127.0.0.1'],
    ...['--chain-id', String(options.chainId), '--block-time', String(options.blockTimeMs ?? 0)],
    ...Object.entries(options.genesisAccounts ?? {}).flatMap(([address, balance]) => ['--alloc', `${address}=${balance}`]),
    ...(options.corsOrigins ?? []).flatMap((origin) => ['--cors', origin]),
    ...(options.sharedSeconds === true ? ['--shared-seconds'] : []),
    ...(options.dev === true ? ['--dev'] : []),
  ]
}

/** Hands on the child's log line by line; keeps the last ones for an error message. */
function followLog(child: ChildProcess, onLog: ((line: string) => void) | undefined): string[] {
  const lines: string[] = []
  let rest = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) {
      lines.push(line)
      if (lines.length > loggedLines) lines.shift()
      onLog?.(line)
    }
  })
  return lines
}

async function readiness(
  child: ChildProcess,
  exited: Promise<ChainExit>,
  lines: readonly string[],
  options: EmbeddedChainOptions,
): Promise<LaunchMessage & { type: 'ready' }> {
  const timeoutMs = options.startTimeoutMs ?? 60_000
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new UnavailableError('CHAIN_START_TIMEOUT', `the chain did not start within ${timeoutMs} ms`, { action: 'retry', fix: 'try again; the machine may be busy' }))
    }, timeoutMs)
  })
  const message = new Promise<LaunchMessage>((resolve) => child.once('message', (told: LaunchMessage) => resolve(told)))
  const failure = new Promise<never>((_, reject) => child.once('error', (error) => reject(startFailed(error.message))))
  const end = exited.then(({ code, signal }): never => {
    throw endedEarly(options.dataDir, code, signal, lines)
  })
  // Whichever comes second has nobody waiting for it.
  for (const late of [failure, end]) late.catch(() => undefined)
  try {
    const told = await Promise.race([message, failure, end, timeout])
    if (told.type === 'ready') return told
    await exited
    throw told.action === 'fix' ? new InputError(told.code, told.message, told) : new UnavailableError(told.code, told.message, told)
  } finally {
    clearTimeout(timer)
  }
}

function startFailed(message: string): OpenLedgerError {
  return new UnavailableError('CHAIN_START_FAILED', `the chain's process could not be started: ${message}`, { action: 'stop', fix: 'check that Node may start processes' })
}

/** A mapped file that is damaged ends a process by a signal, with no chance to say so. */
function endedEarly(folder: string, code: number | null, signal: NodeJS.Signals | null, lines: readonly string[]): OpenLedgerError {
  if (signal === 'SIGBUS' || signal === 'SIGSEGV') {
    return new StorageError('CHAIN_DATA_CORRUPT', `the chain's data in ${folder} could not be read (${signal})`, {
      fix: `restore ${folder} from a copy, or move it away to start a new, empty chain`,
      action: 'stop',
    })
  }
  return startFailed(`it ended with ${signal ?? `code ${code}`}: ${lines.join(' | ') || 'it said nothing'}`)
}
