import type { Address } from '@ethereumjs/util'

/** What to simulate, as `eth_call` and `eth_estimateGas` say it. */
export type CallRequest = {
  from: Address
  /** Undefined to create a contract. */
  to: Address | undefined
  data: Uint8Array
  /** In the smallest unit. */
  value: bigint
  /** The most gas to use; undefined for what a block holds. */
  gas: bigint | undefined
  /** What the sender would pay per unit of gas; 0 when it was not said. */
  maxFeePerGas: bigint
  accessList: { address: `0x${string}`; storageKeys: `0x${string}`[] }[]
}
