import { createZeroAddress, type Address } from '@ethereumjs/util'

const encoder = new TextEncoder()

/** What contracts see of the block and of the chain. Tests change it in the middle of a call; the values at first are those of `contracts/foundry.toml`. */
export class BlockSettings {
  chainId = 31_337n
  readonly hashes = new Map<bigint, Uint8Array>()
  private readonly keccak256: (bytes: Uint8Array) => Uint8Array
  readonly header = {
    number: 100n,
    timestamp: 1_700_000_000n,
    coinbase: createZeroAddress() as Address,
    difficulty: 0n,
    prevRandao: new Uint8Array(32),
    gasLimit: 2n ** 30n,
    baseFeePerGas: 0n,
    getBlobGasPrice: () => 1n,
  }

  constructor(keccak256: (bytes: Uint8Array) => Uint8Array) {
    this.keccak256 = keccak256
  }

  /** The hash that a test set, else the one that Forge's EVM has for a block that nobody made: the hash of its number in words. */
  hashOf(number: bigint): Uint8Array {
    return this.hashes.get(number) ?? this.keccak256(encoder.encode(number.toString()))
  }

  /** A copy to go back to. */
  save(): () => void {
    const { chainId, header: { number, timestamp } } = this
    const hashes = [...this.hashes]
    return () => {
      this.chainId = chainId
      Object.assign(this.header, { number, timestamp })
      this.hashes.clear()
      for (const [at, hash] of hashes) this.hashes.set(at, hash)
    }
  }
}
