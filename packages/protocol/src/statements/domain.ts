import type { Address } from 'viem'

/** The EIP-712 domain of a statement: which chain, and which contract it is said to. */
export type StatementDomain = { name: 'OpenLedger'; version: '1'; chainId: number; verifyingContract: Address }

/** The domain of statements addressed to one contract of one chain. */
export function statementDomain(chainId: number, verifyingContract: Address): StatementDomain {
  return { name: 'OpenLedger', version: '1', chainId, verifyingContract }
}
