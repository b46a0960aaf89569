import { fail, fromHex, type Hex, keccakBytes } from '@openledger/protocol'

/**
 * Random numbers that anyone can recompute: draw i is the first 53 bits of keccak(seed, i as 8 bytes big-endian), over 2^53.
 * There is no hidden state, so a draw depends on the seed and its number alone.
 */
export class CounterRandom {
  readonly #block: Uint8Array
  readonly #counter: DataView

  /** @param seed 32 bytes @throws InputError `SEED` */
  constructor(seed: Hex) {
    const bytes = fromHex(seed)
    if (bytes.length !== 32) fail('SEED', `a sampling seed has 32 bytes, not ${bytes.length}`, { field: 'seed' })
    this.#block = new Uint8Array(40)
    this.#block.set(bytes)
    this.#counter = new DataView(this.#block.buffer, 32)
  }

  /** Draw number `index`: a number in [0, 1). */
  at(index: number): number {
    this.#counter.setBigUint64(0, BigInt(index))
    const digest = new DataView(keccakBytes(this.#block).buffer)
    return (digest.getUint32(0) * 2 ** 21 + (digest.getUint32(4) >>> 11)) / 2 ** 53
  }
}
