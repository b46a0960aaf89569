import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estatePlaces } from './estatePlaces.ts'
import type { MoneyEvent } from './MoneyEvent.ts'

const [payer, payee, filer, gateway] = ['a', 'b', 'c', 'd'].map((c) => `0x${c.repeat(40)}` as const) as [`0x${string}`, `0x${string}`, `0x${string}`, `0x${string}`]
const settlesAt = 1_000
const event = (name: string, args: MoneyEvent['args']): MoneyEvent => ({ name, args: { gateway, ...args }, time: 1, transaction: '0x01' })
const channel = (channelId: string, who: string, collected: bigint) => [event('Channels.ChannelOpened', { channelId, payer: who }), event('Channels.Collected', { channelId, amount: collected.toString() })]
const filed = (receiptId: string, fee: bigint, round = 0) => event('Estates.ClaimFiled', { receiptId, claimant: filer, round: String(round), claim: { fee: fee.toString(), deposit: '5' }, shares: [{ payee, amount: fee.toString() }] })
const opened = (coins: bigint) => event('Estates.EstateOpened', { coins: coins.toString(), filingEndsAt: '900', settlesAt: String(settlesAt) })

describe('estatePlaces', () => {
  it('shows what an open estate owes, and when it is free', () => {
    const events = [...channel('one', payer, 60n), ...channel('two', filer, 30n), filed('r', 30n), opened(90n)]
    expect(estatePlaces(payer, events, 500)).toMatchObject([{ kind: 'estate', id: gateway, earned: 40n, held: 40n, free: 0n, until: settlesAt }])
    expect(estatePlaces(payee, events, 500)).toMatchObject([{ earned: 30n, held: 30n, free: 0n, until: settlesAt }])
    expect(estatePlaces(filer, events, 500)).toMatchObject([{ paidIn: 5n, earned: 20n, held: 25n, free: 0n }])
    expect(estatePlaces(payer, events, settlesAt + 1)).toMatchObject([{ held: 40n, free: 40n, until: null }])
    expect(estatePlaces(`0x${'e'.repeat(40)}`, events, 500)).toEqual([])
  })

  it('divides too little in proportion', () => {
    const events = [...channel('one', payer, 60n), filed('r', 30n), event('Estates.ClaimFiled', { receiptId: 's', claimant: filer, round: '0', claim: { fee: '60', deposit: '5' }, shares: [{ payee: payer, amount: '60' }] }), opened(45n)]
    expect(estatePlaces(payee, events, 0)).toMatchObject([{ held: 15n }])
    expect(estatePlaces(payer, events, 0)).toMatchObject([{ held: 30n }])
  })

  it('takes a refuted claim’s deposit off, and lets a lapsed one be withdrawn', () => {
    expect(estatePlaces(filer, [filed('r', 30n), event('Estates.ClaimRefuted', { receiptId: 'r' })], 0)).toMatchObject([{ paidIn: 5n, spent: 5n, held: 0n }])
    const back = [filed('r', 30n), event('Estates.Watched', { silent: '0', round: '1' })]
    expect(estatePlaces(filer, back, 0)).toMatchObject([{ paidIn: 5n, held: 5n, free: 5n, until: null }])
    expect(estatePlaces(payee, back, 0)).toMatchObject([{ held: 0n }])
    expect(estatePlaces(filer, [...back, event('Estates.ClaimWithdrawn', { receiptId: 'r', claimant: filer, deposit: '5' })], 0)).toMatchObject([{ paidOut: 5n, held: 0n }])
  })

  it('adds up in every row before and after payments, whatever was collected, claimed and left', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 1000n), fc.bigInt(1n, 1000n), fc.bigInt(1n, 1000n), fc.bigInt(1n, 1000n), fc.boolean(), (first, second, fee, coins, paid) => {
        const events = [...channel('one', payer, first), ...channel('two', filer, second), filed('r', fee), opened(coins)]
        const pool = coins < fee ? coins : fee
        const part = ((coins - pool) * first) / (first + second)
        if (paid) {
          events.push(event('Estates.SharePaid', { receiptId: 'r', payee, amount: pool.toString() }), event('Estates.DepositReturned', { receiptId: 'r', claimant: filer, deposit: '5' }))
          events.push(event('Estates.ChannelRefunded', { channelId: 'one', payer, amount: part.toString() }))
        }
        const places = [payer, payee, filer].flatMap((who) => estatePlaces(who, events, 2_000))
        for (const p of places) expect(p.paidIn + p.earned).toBe(p.spent + p.paidOut + p.held)
        const held = places.reduce((sum, p) => sum + p.held, 0n)
        expect(held <= coins + 5n).toBe(true)
        if (paid) expect(estatePlaces(payee, events, 2_000)).toMatchObject([{ earned: pool, paidOut: pool, held: 0n }])
      }),
    )
  })
})
