import { parseOpen } from '@openledger/protocol'

/** The keys that a ledger on one machine needs, one for each role, each with the OPEN that it starts with on a new embedded chain. */
export const roles = {
  /** Creates the contracts; fees go to it. It owns nothing: parameters change by decision of the holders of WOPEN. */
  deployer: parseOpen('1000000'),
  /** Owns datanets. */
  operator: parseOpen('10000'),
  /** Registers the base, trains, publishes, deploys. */
  builder: parseOpen('10000'),
  /** Signs receipts; its stake answers for them. */
  node: parseOpen('10000'),
  /** Collects vouchers and posts epochs; its stake answers for them. */
  gateway: parseOpen('10000'),
  /** Pays for answers. */
  payer: parseOpen('10000'),
} as const

export type Role = keyof typeof roles

/** What each contributor of the sample datanet starts with: enough for gas. */
export const contributorGrant = parseOpen('10')
