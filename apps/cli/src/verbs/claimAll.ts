import type { Session } from '../context/Session.ts'
import { claim, type Claim, type ClaimInput } from './claim.ts'

/** Claims for every key of the data folder that the node knows as a payee, one after the other; those without a balance are left out. */
export async function claimAll(session: Session, options: Omit<ClaimInput, 'payee'> = {}): Promise<Claim[]> {
  const balances = new Map((await session.node.balances()).map((b) => [b.payee.toLowerCase(), b]))
  const claims: Claim[] = []
  for (const name of await session.keys.names()) {
    const address = await session.keys.address(name)
    if (!balances.has(address)) continue
    const done = await claim(session, { ...options, payee: name })
    claims.push({ ...done, name })
  }
  return claims
}
