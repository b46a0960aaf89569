import { claimBalance, readClaimed, type BalanceView } from '@openledger/sdk'
import { isAddressEqual, type Address } from 'viem'
import type { Session } from '../context/Session.ts'
import { hasCode } from './hasCode.ts'
import { waitUntil } from './waitUntil.ts'

export type ClaimInput = {
  /** A key's name or an address. */
  payee: string
  /** The key that sends the transaction and pays its gas; default: the payee's own. */
  sender?: string
  /** Pay in native OPEN instead of WOPEN; only when the payee sends it. Default false. */
  unwrap?: boolean
  /** How long to wait for epochs whose dispute window is open, milliseconds; default 60,000, 0: do not wait. */
  timeoutMs?: number
}

export type Claim = {
  payee: Address
  name: string | null
  /** What this call paid out, smallest unit of OPEN. */
  paid: bigint
  /** What was paid out over all time. */
  claimed: bigint
  /** What the payee has earned and cannot claim yet. */
  pending: bigint
}

/** A payee's balance when nothing is pending any more, or as it is at the deadline. */
async function settledBalance({ node }: Session, payee: Address, timeoutMs: number): Promise<BalanceView> {
  let latest: BalanceView | undefined
  const ask = async (): Promise<BalanceView | undefined> => {
    latest = await node.balance(payee)
    return BigInt(latest.pending) === 0n ? latest : undefined
  }
  try {
    return await waitUntil(ask, { what: 'the dispute window has closed', timeoutMs, everyMs: 250 })
  } catch (error) {
    if (latest && hasCode(error, 'TIMEOUT')) return latest
    throw error
  }
}

/**
 * Claims what a payee has earned: waits for the dispute window, then takes the balance of the latest final epoch with its proof.
 * What was claimed before is not claimed again.
 * @throws InputError NO_KEY; ProofError BAD_BALANCE_PROOF; errors of chain and node
 */
export async function claim(session: Session, { payee, sender, unwrap = false, timeoutMs = 60_000 }: ClaimInput): Promise<Claim> {
  const address = await session.keys.address(payee)
  const { name, pending, claimed, claim: proven } = await settledBalance(session, address, timeoutMs)
  const nothing: Claim = { payee: address, name, paid: 0n, claimed: BigInt(claimed), pending: BigInt(pending) }
  if (!proven) return nothing
  const { gateway, index, cumulative, proof } = proven
  const before = await readClaimed(session.reader, gateway, address)
  if (BigInt(cumulative) <= before) return { ...nothing, claimed: before }
  const { account, writer } = await session.actor(sender ?? payee)
  try {
    const own = isAddressEqual(account.address, address)
    const paid = await claimBalance(writer, { gateway, epoch: BigInt(index), payee: address, cumulative: BigInt(cumulative), proof, unwrap: unwrap && own })
    return { ...nothing, paid, claimed: before + paid }
  } catch (error) {
    if (!hasCode(error, 'NOTHING_TO_CLAIM')) throw error
    return { ...nothing, claimed: BigInt(cumulative) }
  }
}
