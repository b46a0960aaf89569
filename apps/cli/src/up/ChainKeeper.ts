import { startEmbeddedChain, type EmbeddedChain, type EmbeddedChainOptions } from '@openledger/chain'

const pauseMs = 200
const mostRestarts = 10
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
      const now = Date.now()
      this.#restarts = [...this.#restarts.filter((at) => now - at < quietMs), now]
      this.#onNote(`the chain's process ended (${signal ?? `code ${code}`}); starting it again`)
      if (this.#restarts.length > mostRestarts) return this.#onNote('the chain ends again and again: stop, and look into node.log')
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
      try {
        this.#chain = await startEmbeddedChain(this.#options)
      } catch (error) {
        return this.#onNote(`the chain could not be started again: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }

  /** Stops the chain after the block it is making. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#chain.stop()
    await this.#watch
  }
}
