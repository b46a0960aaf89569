import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PoolTransaction } from '../transactions/PoolTransaction.ts'
import { tipAt } from '../transactions/PoolTransaction.ts'
import { orderTransactions } from './orderTransactions.ts'

const transaction = (senderHex: string, nonce: number, sequence: number, maxFee: number, tip: number): PoolTransaction =>
  ({ senderHex, nonce: BigInt(nonce), sequence, maxFeePerGas: BigInt(maxFee), maxPriorityFeePerGas: BigInt(tip) }) as PoolTransaction

const runsOf = fc
  .array(fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 5 })), { maxLength: 6 }), { maxLength: 6 })
  .map((senders) => {
    let sequence = 0
    return senders.map((list, sender) => list.map(([fee, tip], nonce) => transaction(`s${sender}`, nonce, sequence++, fee, Math.min(fee, tip))))
  })

describe('the order of a block', () => {
  it('puts the higher tip first, then the earlier arrival', () => {
    const [early, late, rich] = [transaction('a', 0, 1, 9, 1), transaction('b', 0, 2, 9, 1), transaction('c', 0, 3, 9, 2)]
    expect(orderTransactions([[late as PoolTransaction], [early as PoolTransaction], [rich as PoolTransaction]], 3n)).toEqual([rich, early, late])
  })

  it('lets nobody pass by a better-paid transaction behind a worse one of the same sender', () => {
    const run = [transaction('a', 0, 1, 9, 1), transaction('a', 1, 2, 9, 5)]
    const other = transaction('b', 0, 3, 9, 2)
    expect(orderTransactions([run, [other]], 1n)).toEqual([other, ...run])
  })

  it('keeps each sender in the order of its nonces, without gaps, and leaves out who cannot pay', () => {
    fc.assert(
      fc.property(runsOf, fc.bigInt({ min: 0n, max: 20n }), (runs, baseFee) => {
        const ordered = orderTransactions(runs, baseFee)
        for (const run of runs) {
          const own = ordered.filter(({ senderHex }) => senderHex === run[0]?.senderHex)
          const payable = run.findIndex((one) => tipAt(one, baseFee) < 0n)
          expect(own).toEqual(payable < 0 ? run : run.slice(0, payable))
        }
      }),
    )
  })
})
