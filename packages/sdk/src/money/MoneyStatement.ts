import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'

/** One movement of coins, smallest unit; positive into the place, negative out of it. */
export type MoneyMove = { time: number; transaction: Hex; what: string; amount: bigint }

/**
 * One place where coins of an account lie or lay, smallest unit. In every place `paidIn + earned = spent + paidOut + held`.
 */
export type MoneyPlace = {
  kind: 'channel' | 'bond' | 'delegation' | 'rewards' | 'promises' | 'earnings' | 'estate' | 'deposit'
  /** The channel's id, the bond's role, the gateway whose epochs pay, … */
  id: string
  /** What the account put in, or had put in for it. */
  paidIn: bigint
  /** What it gained there. */
  earned: bigint
  /** What answers cost, or a court or a broken promise took. */
  spent: bigint
  paidOut: bigint
  held: bigint
  /** What of `held` can be taken out now. */
  free: bigint
  /** When the rest can be taken out, Unix seconds; null when nobody knows or there is none. */
  until: number | null
  /** Why it is held, or what to do to get it. */
  why: string
  moves: MoneyMove[]
}

/** All places of an account's coins, and their sums. */
export type MoneyStatement = { account: Address; places: MoneyPlace[]; totals: Pick<MoneyPlace, 'paidIn' | 'earned' | 'spent' | 'paidOut' | 'held' | 'free'> }
