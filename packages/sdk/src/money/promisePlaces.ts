import type { Address } from 'viem'
import type { Json } from '@openledger/protocol'
import type { MoneyEvent } from './MoneyEvent.ts'
import type { MoneyPlace } from './MoneyStatement.ts'

type Terms = { agent: string; client: string; reward: string; penalty: string }

const termsOf = (guarantee: Json | undefined): Terms => {
  const { agent, client, reward, penalty } = guarantee as unknown as Terms
  return { agent: agent.toLowerCase(), client: client.toLowerCase(), reward, penalty }
}

/** What an account has lying with Guarantees: its balance, the penalties that back its promises, the rewards that it promised to agents. */
export function promisePlaces(account: Address, events: readonly MoneyEvent[]): MoneyPlace[] {
  const place: MoneyPlace = { kind: 'promises', id: 'guarantees', paidIn: 0n, earned: 0n, spent: 0n, paidOut: 0n, held: 0n, free: 0n, until: null, why: '', moves: [] }
  const open = new Map<string, Terms>()
  let any = false
  for (const { name, args, time, transaction } of events) {
    if (!name.startsWith('Guarantees.')) continue
    const move = (what: string, amount: bigint): void => void place.moves.push({ time, transaction, what, amount })
    const amount = BigInt((args.amount as string | undefined) ?? 0)
    if (name === 'Guarantees.Deposited' && args.account === account) {
      place.paidIn += amount
      move('deposited', amount)
    } else if (name === 'Guarantees.Withdrawn' && args.account === account) {
      place.paidOut += amount
      move('withdrawn', -amount)
    } else if (name === 'Guarantees.Accepted') {
      const terms = termsOf(args.guarantee)
      open.set(args.guaranteeId as string, terms)
      if (terms.client !== account) {
        any ||= terms.agent === account
        continue
      }
      place.paidIn += BigInt(terms.reward)
      move('reward put down', BigInt(terms.reward))
    } else if (name === 'Guarantees.Settled') {
      const terms = open.get(args.guaranteeId as string)
      open.delete(args.guaranteeId as string)
      if (terms?.agent !== account && terms?.client !== account) continue
      const [put, got] = terms.agent === account ? [BigInt(terms.penalty), BigInt(args.toAgent as string)] : [BigInt(terms.reward), BigInt(args.toClient as string)]
      if (got > put) place.earned += got - put
      else place.spent += put - got
      if (got !== put) move(terms.agent === account ? 'promise settled' : 'promise to this client settled', got - put)
    } else continue
    any = true
  }
  if (!any) return []
  const locked = [...open.values()].reduce((sum, t) => sum + (t.agent === account ? BigInt(t.penalty) : 0n) + (t.client === account ? BigInt(t.reward) : 0n), 0n)
  place.held = place.paidIn + place.earned - place.spent - place.paidOut
  place.free = place.held - locked
  place.why = locked > 0n ? 'backs promises that are not settled; the rest can be withdrawn' : 'can be withdrawn'
  return [place]
}
