import type { Address } from 'viem'
import { channelPlaces } from './channelPlaces.ts'
import { estatePlaces } from './estatePlaces.ts'
import type { MoneyEvent } from './MoneyEvent.ts'
import type { MoneyPlace, MoneyStatement } from './MoneyStatement.ts'
import { promisePlaces } from './promisePlaces.ts'
import { stakePlaces } from './stakePlaces.ts'

/**
 * Where an account's coins are, from the ledger's own events: its channels, its bonds, what it promised, what silent gateways left it. What it earned in epochs and as rewards
 * is not in events and comes beside them.
 * @param events at least those that concern the account, in the order of the chain
 * @param now Unix seconds
 * @param earnings further places, such as `earnings` of a gateway's epochs
 */
export function accountMoney(account: Address, events: readonly MoneyEvent[], now: number, earnings: readonly MoneyPlace[] = []): MoneyStatement {
  const self = account.toLowerCase() as Address
  const places = [...channelPlaces(self, events, now), ...stakePlaces(self, events, now), ...promisePlaces(self, events), ...estatePlaces(self, events, now), ...earnings]
  const sum = (field: 'paidIn' | 'earned' | 'spent' | 'paidOut' | 'held' | 'free'): bigint => places.reduce((total, place) => total + place[field], 0n)
  return { account: self, places, totals: { paidIn: sum('paidIn'), earned: sum('earned'), spent: sum('spent'), paidOut: sum('paidOut'), held: sum('held'), free: sum('free') } }
}
