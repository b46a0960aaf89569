import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { UnavailableError } from '@openledger/protocol'
import type { Address } from 'viem'
import { processorMs } from '../serve/measure/processorMs.ts'

const binary = fileURLToPath(new URL('../../../../../bin/openledger.mjs', import.meta.url))

export type NodeProcessOptions = {
  /** Its data folder; the key "node" lies there already. */
  data: string
  address: Address
  gateway: string
  /** OPEN. */
  stake: string
  /** Further words for `openledger node join`. */
  flags?: readonly string[]
}

/** A node that joined a gateway from a process of its own. */
export class NodeProcess {
  readonly address: Address
  readonly #options: NodeProcessOptions
  #child: ChildProcess | undefined
  #errors = ''

  constructor(options: NodeProcessOptions) {
    this.#options = options
    this.address = options.address
  }

  /** Starts the process. Whether the gateway takes it in is for the caller to see. */
  start(): void {
    const { data, gateway, stake, flags = [] } = this.#options
    const child = spawn(process.execPath, [binary, 'node', 'join', '--data', data, '--gateway', gateway, '--stake', stake, '--port', '0', '--json', ...flags], { stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.on('data', (chunk) => (this.#errors = `${this.#errors}${String(chunk)}`.slice(-2000)))
    this.#child = child
  }

  /** Processor time that the process has used, milliseconds; 0 where the system does not say. */
  get processorMs(): number {
    return processorMs(this.#child?.pid ?? -1)
  }

  /** @throws UnavailableError NODE_ENDED when the process is not there any more */
  checkAlive(): void {
    const child = this.#child
    if (child && child.exitCode === null && child.signalCode === null) return
    throw new UnavailableError('NODE_ENDED', `the node in ${this.#options.data} has ended: ${this.#errors}`, { action: 'stop' })
  }

  /** Sends a signal: SIGKILL ends the process at once, SIGSTOP makes it silent. */
  signal(name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name)
  }

  /** Ends the process and waits until it has ended. */
  async end(name: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill(name)
    await ended
  }
}
