import type { Network } from '@openledger/protocol'
import type { Addresses } from '../connection/Addresses.ts'

/** The addresses of a published network. */
export function addressesOfNetwork({ chainId, deployBlock, contracts }: Network): Addresses {
  return { chainId, deployBlock: Number(deployBlock), ...contracts }
}
