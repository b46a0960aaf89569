import { delegateVotes, readVotes, wrapOpen } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Session } from '../context/Session.ts'

export type VotesInput = {
  /** The key that holds the WOPEN. */
  holder: string
  /** Who is to vote, a key's name or an address; default: the holder. */
  to?: string
  /** How much OPEN is wrapped before, smallest unit; default 0. */
  wrap?: bigint
}

/** Gives the votes of a key's WOPEN to an account, by default to itself, and wraps OPEN for it. @returns who votes, and with how many votes now */
export async function joinVotes(session: Session, { holder, to = holder, wrap = 0n }: VotesInput): Promise<{ voter: Address; votes: bigint }> {
  const { writer } = await session.actor(holder)
  const voter = await session.keys.address(to)
  if (wrap > 0n) await wrapOpen(writer, wrap)
  await delegateVotes(writer, voter)
  return { voter, votes: await readVotes(session.reader, voter) }
}
