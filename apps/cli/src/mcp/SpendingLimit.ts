import { formatOpen, PaymentError, utf8 } from '@openledger/protocol'
import type { KeptFiles } from '../context/KeptFiles.ts'

/** What the owner of a wallet lets a program spend, smallest unit of OPEN. */
export type SpendingCaps = { perAnswer: bigint; total: bigint }

/** What is set aside for one answer. */
export type Reservation = {
  /** The answer is there: it cost this, and what was set aside beyond it is free again. */
  settle(cost: bigint): Promise<void>
  /** Nothing was bought. */
  release(): Promise<void>
}

export type SpendingLimitParts = {
  /** One file for each answer. */
  files: Pick<KeptFiles, 'read' | 'write' | 'names'>
  caps: SpendingCaps
  random: (bytes: number) => Uint8Array
}

const fileOf = (random: (bytes: number) => Uint8Array): string => `${Buffer.from(random(16)).toString('hex')}.json`
const encode = (amount: bigint, isSettled: boolean): Uint8Array => utf8(JSON.stringify({ amount: amount.toString(), settled: isSettled }))

/**
 * Holds what a program spends below its owner's caps. What an answer can cost is set aside in a file before it is asked for, so that a crash
 * counts as spent, and so that several programs with one limit never spend more than it together: each looks at all files after it has
 * written its own.
 */
export class SpendingLimit {
  readonly #parts: SpendingLimitParts
  /** Settled files do not change any more. */
  readonly #settled = new Map<string, bigint>()

  constructor(parts: SpendingLimitParts) {
    this.#parts = parts
  }

  get caps(): SpendingCaps {
    return this.#parts.caps
  }

  /** What was spent or is set aside, smallest unit of OPEN. */
  async spent(): Promise<bigint> {
    const { files } = this.#parts
    let sum = 0n
    for (const name of await files.names()) {
      const known = this.#settled.get(name)
      if (known === undefined) sum += await this.#read(name)
      else sum += known
    }
    return sum
  }

  /**
   * Sets aside what one answer can cost at most.
   * @throws PaymentError ABOVE_ANSWER_LIMIT, ABOVE_TOTAL_LIMIT; nothing is set aside then
   */
  async reserve(most: bigint): Promise<Reservation> {
    const { files, caps, random } = this.#parts
    if (most > caps.perAnswer) {
      throw new PaymentError('ABOVE_ANSWER_LIMIT', `this answer can cost ${formatOpen(most)} OPEN; ${formatOpen(caps.perAnswer)} are allowed for one`, { status: 402, fix: 'ask for fewer tokens, or of a cheaper model; the owner of the wallet can raise --limit' })
    }
    const name = fileOf(random)
    const keep = (amount: bigint, isSettled: boolean): Promise<void> => files.write(name, encode(amount, isSettled))
    await keep(most, false)
    const spent = await this.spent()
    if (spent > caps.total) {
      await keep(0n, true)
      throw new PaymentError('ABOVE_TOTAL_LIMIT', `${formatOpen(spent - most)} of ${formatOpen(caps.total)} OPEN are spent or set aside, and this answer can cost ${formatOpen(most)}`, { status: 402, fix: 'the owner of the wallet can raise --total-limit' })
    }
    return { settle: (cost) => keep(cost, true), release: () => keep(0n, true) }
  }

  async #read(name: string): Promise<bigint> {
    const bytes = await this.#parts.files.read(name)
    const { amount, settled } = JSON.parse(new TextDecoder().decode(bytes)) as { amount: string; settled: boolean }
    if (settled) this.#settled.set(name, BigInt(amount))
    return BigInt(amount)
  }
}
