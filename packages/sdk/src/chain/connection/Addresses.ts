import type { Address } from 'viem'

/** Where the contracts of one ledger stand; plain JSON. */
export type Addresses = {
  chainId: number
  /** The block before the first contract; events are read from here. */
  deployBlock: number
  wopen: Address
  parameters: Address
  stakes: Address
  epochs: Address
  channels: Address
  datanets: Address
  models: Address
  epochCourt: Address
  inclusionCourt: Address
  estates: Address
  attributionCourt: Address
  identityRegistry: Address
  guarantees: Address
  reputationRegistry: Address
  validationRegistry: Address
  guaranteeValidator: Address
  hashVerifier: Address
  receiptVerifier: Address
  clientVerifier: Address
  committeeVerifier: Address
  samplingBeacon: Address
  executionCourt: Address
}
