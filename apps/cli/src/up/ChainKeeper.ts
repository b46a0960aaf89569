import { startEmbeddedChain, type EmbeddedChain, type EmbeddedChainOptions } from '@openledger/chain'

const pauseMs = 200
/** This many restarts within `quietMs` are answered at once; each further one waits twice as long as the one before. */
const manyRestarts = 5
const longestPauseMs = 30_000
const quietMs = 60_000

/** Keeps the embedded chain running: when its process dies, it is started again on the same folder and port. */
export class ChainKeeper {
  readonly url: string
  readonly chainId: number
  readonly #options: EmbeddedChainOptions
  readonly #onNote: (text: string) => void
  #chain: EmbeddedChain
  #stopping = false
  #restarts: number[] = []
  #wakeUp: () => void = () => undefined
  #watch: Promise<void>

  /** @param chain a running chain; owned from here on. @param options those it was started with, its port among them */
  constructor(chain: EmbeddedChain, options: EmbeddedChainOptions, onNote: (text: string) => void) {
    this.#chain = chain
    this.url = chain.url
    this.chainId = chain.chainId
    this.#options = { ...options, port: Number(new URL(chain.url).port) }
    this.#onNote = onNote
    this.#watch = this.#keep()
  }

  /** The process that runs now. */
  get pid(): number {
    return this.#chain.pid
  }

  async #keep(): Promise<void> {
    for (;;) {
      const { code, signal } = await this.#chain.exited
      if (this.#stopping) return
      this.#onNote(`the chain's process ended (${signal ?? `code ${code}`}); starting it again`)
      await this.#startAgain()
      if (this.#stopping) return
    }
  }

  /** Tries until it runs: a start may itself be killed, or find the folder held for a moment. The more often it ended lately, the longer it waits. */
  async #startAgain(): Promise<void> {
    for (;;) {
      const now = Date.now()
      this.#restarts = [...this.#restarts.filter((at) => now - at < quietMs), now]
      await this.#pause(Math.min(longestPauseMs, pauseMs * 2 ** Math.max(0, this.#restarts.length - manyRestarts)))
      if (this.#stopping) return
      try {
        this.#chain = await startEmbeddedChain(this.#options)
        // It was stopped meanwhile, and whoever did that saw the chain of before.
        if (this.#stopping) await this.#chain.stop()
        return
      } catch (error) {
        if (this.#stopping) return
        this.#onNote(`the chain could not be started again, and will be tried once more: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wakeUp = () => (clearTimeout(timer), resolve())
    })
  }

  /** Stops the chain after the block it is making. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#wakeUp()
    await this.#chain.stop()
    await this.#watch
  }
}
