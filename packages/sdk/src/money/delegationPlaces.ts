import type { Address } from 'viem'
import { stakeRoleIndex, type StakeRole } from '../chain/stakes/StakeRole.ts'
import type { Delegation } from '../chain/stakes/readDelegation.ts'
import type { MoneyEvent } from './MoneyEvent.ts'
import type { MoneyPlace } from './MoneyStatement.ts'

/** To whom an account has delegated, and as what. */
export type DelegationKey = { to: Address; role: StakeRole }

const roles = Object.keys(stakeRoleIndex) as StakeRole[]
const roleOf = (index: unknown): StakeRole => roles.find((role) => stakeRoleIndex[role] === Number(index))!

/** All delegations that an account ever made. @param events in the order of the chain */
export function delegationsOf(account: Address, events: readonly MoneyEvent[]): DelegationKey[] {
  const found = new Map<string, DelegationKey>()
  for (const { name, args } of events) {
    if (name === 'Stakes.Delegated' && args.delegator === account) found.set(`${args.account as string}/${args.role as number}`, { to: args.account as Address, role: roleOf(args.role) })
  }
  return [...found.values()]
}

/**
 * One delegation. What it is worth is no event: slashes take from the pool as a whole. So it comes from the chain, and what is missing of what was
 * put in is what slashes took.
 * @param state as the chain has it now, not before the last of the events
 */
export function delegationPlace(account: Address, { to, role }: DelegationKey, events: readonly MoneyEvent[], state: Delegation, now: number): MoneyPlace {
  const place: MoneyPlace = { kind: 'delegation', id: `${to}, ${role}`, paidIn: 0n, earned: state.rewards, spent: 0n, paidOut: 0n, held: 0n, free: 0n, until: null, why: '', moves: [] }
  let principal = 0n
  for (const { name, args, time, transaction } of events) {
    if (args.delegator !== account || args.account !== to || Number(args.role) !== stakeRoleIndex[role]) continue
    const amount = BigInt(args.amount as string)
    const move = (what: string, moved: bigint): void => void place.moves.push({ time, transaction, what, amount: moved })
    if (name === 'Stakes.Delegated') {
      place.paidIn += amount
      principal += amount
      move('delegated', amount)
    } else if (name === 'Stakes.DelegationWithdrawn') {
      place.paidOut += amount
      principal -= amount
      move('withdrawn', -amount)
    } else if (name === 'Stakes.DelegationRewardsClaimed') {
      place.earned += amount
      place.paidOut += amount
      move('rewards claimed', -amount)
    }
  }
  const thawed = state.leaving.filter(({ releaseAt }) => Number(releaseAt) <= now)
  const thawing = state.leaving.filter(({ releaseAt }) => Number(releaseAt) > now)
  const sum = (parts: Delegation['leaving']): bigint => parts.reduce((total, { amount }) => total + amount, 0n)
  const worth = state.bonded + sum(state.leaving)
  // Rests of a unit that others left in the pool may make it worth more.
  if (worth > principal) place.earned += worth - principal
  else place.spent = principal - worth
  place.held = worth + state.rewards
  place.free = sum(thawed) + state.rewards
  place.until = thawing.length === 0 ? null : Math.max(...thawing.map(({ releaseAt }) => Number(releaseAt)))
  const why = [
    ...(state.bonded > 0n ? ['delegated: it earns and is slashed as the bond is; to take it out, undelegate it'] : []),
    ...(thawing.length > 0 ? ['thawing: still liable until this time'] : []),
    ...(thawed.length > 0 ? ['a thaw is over: withdraw it'] : []),
    ...(state.rewards > 0n ? ['rewards can be claimed'] : []),
  ]
  place.why = why.join('; ') || 'nothing is delegated any more'
  return place
}
