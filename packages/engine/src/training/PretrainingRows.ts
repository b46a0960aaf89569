import { fail } from '@openledger/protocol'
import { causalMask } from './graph/causalMask.ts'
import type { BatchInputs } from './graph/TrainingGraph.ts'
import { Random } from './Random.ts'

/**
 * Cuts a token stream into rows of fixed length and draws them in a seeded order, each row once per pass.
 * Addressed by number, so that a resumed run sees exactly the rows that it would have seen.
 */
export class PretrainingRows {
  readonly count: number
  private readonly tokens: Uint16Array | Uint32Array
  private readonly length: number
  private readonly seed: number
  private readonly documentStart: number | undefined
  private pass = -1
  private order: Uint32Array = new Uint32Array(0)

  /** @param documentStart the token that opens a document; documents in one row do not see each other */
  constructor(tokens: Uint16Array | Uint32Array, length: number, seed: number, documentStart?: number) {
    this.tokens = tokens
    this.length = length
    this.seed = seed
    this.documentStart = documentStart
    this.count = Math.floor((tokens.length - 1) / length)
    if (this.count < 1) fail('TOO_FEW_TOKENS', `pretraining needs more than ${length} tokens, got ${tokens.length}`)
  }

  /** Rows first … first + rows − 1 of the endless sequence, as one batch whose weights are `1 / share` per supervised token. */
  batch(first: number, rows: number, share: number): BatchInputs {
    const { length, tokens } = this
    const total = rows * length
    const batch = { tokens: new Int32Array(total), targets: new Int32Array(total), weights: new Float32Array(total) }
    const starts = new Int32Array(total)
    for (let row = 0; row < rows; row++) {
      const from = this.place(first + row) * length
      let start = 0
      for (let i = 0; i < length; i++) {
        const at = row * length + i
        const token = tokens[from + i]
        const next = tokens[from + i + 1]
        if (token === this.documentStart) start = i
        starts[at] = start
        batch.tokens[at] = token
        batch.targets[at] = next
        batch.weights[at] = next === this.documentStart ? 0 : 1 / share
      }
    }
    return { ...batch, mask: causalMask(length, rows, starts) }
  }

  private place(number: number): number {
    const pass = Math.floor(number / this.count)
    if (pass !== this.pass) {
      this.pass = pass
      this.order = new Random(this.seed, 1000 + pass).permutation(this.count)
    }
    return this.order[number % this.count]
  }
}
