import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { PoolTransaction } from '../transactions/PoolTransaction.ts'
import { SenderQueue } from './SenderQueue.ts'

const transaction = (nonce: number, cost: number): PoolTransaction => ({ nonce: BigInt(nonce), maxCost: BigInt(cost) }) as PoolTransaction

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('set' as const), nonce: fc.nat(12), cost: fc.nat(50) }),
    fc.record({ kind: fc.constant('remove' as const), nonce: fc.nat(12) }),
    fc.record({ kind: fc.constant('advance' as const), count: fc.nat(3) }),
  ),
  { maxLength: 40 },
)

it('counts, sums and finds the first gap as a plain list of nonces would', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const queue = new SenderQueue(0n)
      const model = new Map<number, PoolTransaction>()
      let account = 0
      for (const step of list) {
        if (step.kind === 'set' && step.nonce >= account) {
          const added = transaction(step.nonce, step.cost)
          queue.set(added)
          model.set(step.nonce, added)
        } else if (step.kind === 'remove') {
          const removed = model.get(step.nonce)
          if (removed !== undefined) queue.remove(removed)
          model.delete(step.nonce)
        } else if (step.kind === 'advance') {
          // A block includes transactions from the account's nonce on.
          let next = account
          while (next < account + step.count && model.has(next)) model.delete(next++)
          account = next
          queue.advance(BigInt(account))
        }
        let first = account
        while (model.has(first)) first++
        expect(queue.nextNonce).toBe(BigInt(first))
        expect(queue.size).toBe(model.size)
        expect(queue.gapped).toBe(model.size - (first - account))
        expect(queue.totalCost).toBe([...model.values()].reduce((sum, { maxCost }) => sum + maxCost, 0n))
        expect([...queue.runnable()].map(({ nonce }) => Number(nonce))).toEqual(Array.from({ length: first - account }, (_, index) => account + index))
      }
    }),
  )
})
