import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MoneyEvent } from './MoneyEvent.ts'
import { promisePlaces } from './promisePlaces.ts'

const [agent, client] = [`0x${'a'.repeat(40)}`, `0x${'c'.repeat(40)}`] as const
const event = (name: string, args: MoneyEvent['args']): MoneyEvent => ({ name: `Guarantees.${name}`, args, time: 1, transaction: '0x01' })
const deposited = (account: string, amount: bigint) => event('Deposited', { account, amount: amount.toString() })
const accepted = (id: string, reward: bigint, penalty: bigint) => event('Accepted', { guaranteeId: id, client, guarantee: { agent, client, reward: reward.toString(), penalty: penalty.toString() } })
const settled = (id: string, toAgent: bigint, toClient: bigint) => event('Settled', { guaranteeId: id, toAgent: toAgent.toString(), toClient: toClient.toString() })

describe('promisePlaces', () => {
  it('shows a kept and a broken promise from both sides', () => {
    const events = [deposited(agent, 100n), accepted('k', 30n, 50n)]
    expect(promisePlaces(agent, events)).toMatchObject([{ paidIn: 100n, held: 100n, free: 50n, why: expect.stringMatching(/backs promises/) as string }])
    expect(promisePlaces(client, events)).toMatchObject([{ paidIn: 30n, held: 30n, free: 0n }])
    const kept = [...events, settled('k', 80n, 0n)]
    expect(promisePlaces(agent, kept)).toMatchObject([{ earned: 30n, spent: 0n, held: 130n, free: 130n }])
    expect(promisePlaces(client, kept)).toMatchObject([{ earned: 0n, spent: 30n, held: 0n }])
    const broken = [...events, settled('k', 0n, 80n)]
    expect(promisePlaces(agent, broken)).toMatchObject([{ earned: 0n, spent: 50n, held: 50n }])
    expect(promisePlaces(client, broken)).toMatchObject([{ earned: 50n, spent: 0n, held: 80n, free: 80n }])
    expect(promisePlaces(`0x${'e'.repeat(40)}`, kept)).toEqual([])
  })

  it('both sides together hold what the contract holds, whatever was promised and however it ended', () => {
    const promise = fc.record({ reward: fc.bigInt(0n, 1000n), penalty: fc.bigInt(0n, 1000n), end: fc.constantFrom('open', 'kept', 'broken', 'undecided') })
    fc.assert(
      fc.property(fc.array(promise, { maxLength: 8 }), fc.bigInt(0n, 500n), (promises, extra) => {
        const events = [deposited(agent, extra + promises.reduce((sum, p) => sum + p.penalty, 0n))]
        let inside = BigInt(events[0]!.args.amount as string)
        promises.forEach(({ reward, penalty, end }, i) => {
          events.push(accepted(String(i), reward, penalty))
          inside += reward
          if (end === 'kept') events.push(settled(String(i), reward + penalty, 0n))
          if (end === 'broken') events.push(settled(String(i), 0n, reward + penalty))
          if (end === 'undecided') events.push(settled(String(i), penalty, reward))
        })
        const places = [agent, client].flatMap((account) => promisePlaces(account, events))
        expect(places.reduce((sum, p) => sum + p.held, 0n)).toBe(inside)
        for (const p of places) {
          expect(p.paidIn + p.earned).toBe(p.spent + p.paidOut + p.held)
          expect(p.free).toBeGreaterThanOrEqual(0n)
        }
      }),
    )
  })
})
