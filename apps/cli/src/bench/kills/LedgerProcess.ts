import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { UnavailableError } from '@openledger/protocol'
import { killChildren } from '../../testing/killChildren.ts'

const binary = fileURLToPath(new URL('../../../../../bin/openledger.mjs', import.meta.url))
const patienceMs = 180_000
const pollMs = 100

export type LedgerProcessOptions = { data: string; port: number; chainPort: number; epochSeconds: number; disputeWindow: number; threads: number }

/** Gateway and node in one process, with the chain in a child of it, always at the same ports: as a machine that is switched off and on. */
export class LedgerProcess {
  readonly url: string
  readonly #options: LedgerProcessOptions
  #child: ChildProcess | undefined
  #errors = ''
  /** The chain's process was killed since the ledger was well the last time. */
  #lostChain = false

  constructor(options: LedgerProcessOptions) {
    this.#options = options
    this.url = `http://127.0.0.1:${options.port}`
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  start(): void {
    const { data, port, chainPort, epochSeconds, disputeWindow, threads } = this.#options
    const words = ['up', '--data', data, '--json', '--no-sample', '--port', port, '--chain-port', chainPort, '--epoch-seconds', epochSeconds, '--dispute-window', disputeWindow, '--threads', threads]
    const child = spawn(process.execPath, [binary, ...words.map(String)], { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.on('data', (chunk) => (this.#errors = `${this.#errors}${String(chunk)}`.slice(-2000)))
    this.#child = child
  }

  /** Waits until it answers and nothing is wrong with it. A start whose chain was killed under it ends by itself, and says why: it is started again. @throws UnavailableError LEDGER_ENDED, LEDGER_LATE */
  async ready(): Promise<void> {
    let health = 'no answer'
    for (const started = Date.now(); Date.now() - started < patienceMs; await new Promise((resolve) => setTimeout(resolve, pollMs))) {
      if (!this.isRunning && this.#lostChain) {
        this.#lostChain = false
        this.start()
      }
      if (!this.isRunning) throw new UnavailableError('LEDGER_ENDED', `the ledger has ended by itself: ${this.#errors}`, { action: 'stop' })
      const answer = await fetch(`${this.url}/health`).catch(() => undefined)
      health = answer === undefined ? 'no answer' : await answer.text()
      if (answer?.ok === true && (JSON.parse(health) as { status: string }).status === 'ok') {
        this.#lostChain = false
        return
      }
    }
    throw new UnavailableError('LEDGER_LATE', `the ledger was not well for ${patienceMs} ms: ${health} ${this.#errors}`, { action: 'stop' })
  }

  /** SIGKILL for the chain's process alone. @returns whether there was one; false where /proc does not tell */
  killChain(): boolean {
    const isKilled = this.isRunning && killChildren(this.#child?.pid)
    this.#lostChain ||= isKilled
    return isKilled
  }

  /** Ends gateway and node; the chain ends when it sees that they are gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (!child || !this.isRunning) return
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill(signal)
    await ended
  }
}
