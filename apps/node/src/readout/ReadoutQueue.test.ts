import { describe, expect, it } from 'vitest'
import type { Hex } from '@openledger/protocol'
import { silentLog } from '../config/Log.ts'
import { JumpingClock } from '../test/JumpingClock.ts'
import { ReadoutQueue, type ReadoutQueueOptions } from './ReadoutQueue.ts'

const id = (n: number): Hex => `0x${String(n).padStart(64, '0')}`

type Seen = { attributed: Hex[]; failed: [Hex, string][]; abandoned: number; outcomes: string[] }
function setUp(change: Partial<ReadoutQueueOptions> = {}): { clock: JumpingClock; queue: ReadoutQueue; seen: Seen } {
  const clock = new JumpingClock()
  const seen: Seen = { attributed: [], failed: [], abandoned: 0, outcomes: [] }
  const queue = new ReadoutQueue({
    attribute: (receiptId) => Promise.resolve(void seen.attributed.push(receiptId)),
    forfeit: (receiptId, reason) => Promise.resolve(void seen.failed.push([receiptId, reason])),
    abandon: () => (seen.abandoned += 1),
    onOutcome: (outcome) => seen.outcomes.push(outcome),
    clock,
    log: silentLog,
    most: 3,
    ...change,
  })
  return { clock, queue, seen }
}

describe('ReadoutQueue', () => {
  it('attributes one answer after the other, each once', async () => {
    let running = 0
    const order: Hex[] = []
    const { clock, queue } = setUp({
      attribute: async (receiptId) => {
        expect(++running).toBe(1)
        await clock.sleep(50)
        running -= 1
        order.push(receiptId)
      },
    })
    for (const n of [1, 2, 1]) queue.add({ receiptId: id(n), deadline: 600 })
    queue.start()
    await clock.until(() => order.length === 2)
    queue.add({ receiptId: id(3), deadline: 600 })
    await clock.until(() => queue.size === 0)
    expect(order).toEqual([id(1), id(2), id(3)])
    await queue.close()
  })

  it('tries again after an error, later each time, with a fresh engine, and lets others go before', async () => {
    const attempts: number[] = []
    const { clock, queue, seen } = setUp({
      attribute: async (receiptId) => {
        await clock.sleep(1)
        if (receiptId === id(2)) return void seen.attributed.push(receiptId)
        attempts.push(clock.time)
        if (attempts.length < 4) throw new Error('the engine broke')
      },
    })
    queue.add({ receiptId: id(1), deadline: 600 })
    queue.add({ receiptId: id(2), deadline: 600 })
    queue.start()
    await clock.until(() => seen.attributed.length === 1)
    expect(attempts).toHaveLength(1)
    await clock.until(() => queue.size === 0)
    const pauses = attempts.slice(1).map((time, i) => time - attempts[i]!)
    expect(pauses.every((pause, i) => pause >= 1000 * 2 ** i && pause < 1000 * 2 ** i + 100)).toBe(true)
    expect(seen).toMatchObject({ abandoned: 3, failed: [], outcomes: ['retried', 'complete', 'retried', 'retried', 'complete'] })
    await queue.close()
  })

  it('fails at the deadline what did not work, what hangs, and what was left from before', async () => {
    const { clock, queue, seen } = setUp({
      attribute: (receiptId) => (receiptId === id(1) ? Promise.reject(new Error('no such file')) : receiptId === id(2) ? new Promise(() => undefined) : Promise.resolve()),
    })
    clock.time = 1_000_000
    queue.add({ receiptId: id(3), deadline: 999 })
    queue.add({ receiptId: id(1), deadline: 1030 })
    queue.add({ receiptId: id(2), deadline: 1020 })
    queue.start()
    await clock.until(() => queue.size === 0)
    expect(seen.failed.map(([receipt]) => receipt)).toEqual([id(3), id(2), id(1)])
    expect(seen.failed[2]![1]).toBe('no such file')
    expect(clock.time).toBeGreaterThan(1_030_000)
    expect(clock.time).toBeLessThan(1_040_000)
    await queue.close()
  })

  it('keeps a failure that could not be recorded until it could', async () => {
    let full = true
    const { clock, queue, seen } = setUp({
      forfeit: (receiptId, reason) => (full ? ((full = false), Promise.reject(new Error('no space'))) : Promise.resolve(void seen.failed.push([receiptId, reason]))),
    })
    clock.time = 5000
    queue.add({ receiptId: id(1), deadline: 1 })
    queue.start()
    await clock.until(() => queue.size === 0)
    expect(seen.failed).toHaveLength(1)
    await queue.close()
  })

  it('refuses further answers while too many wait, those that are being given among them', async () => {
    const { clock, queue } = setUp()
    const places = [queue.reserve(), queue.reserve(), queue.reserve()]
    expect(() => queue.reserve()).toThrow(expect.objectContaining({ code: 'ATTRIBUTION_BEHIND', status: 503, action: 'retry' }))
    places[0]!.release()
    places[0]!.release()
    places[1]!.take({ receiptId: id(1), deadline: 600 })
    places[1]!.release()
    expect(queue.size).toBe(1)
    const last = queue.reserve()
    expect(() => queue.reserve()).toThrow(expect.objectContaining({ code: 'ATTRIBUTION_BEHIND' }))
    last.release()
    queue.start()
    await clock.until(() => queue.size === 0)
    await queue.close()
  })

  it('leaves what waits as it is when it closes', async () => {
    const { clock, queue, seen } = setUp({ attribute: () => new Promise(() => undefined) })
    queue.add({ receiptId: id(1), deadline: 600 })
    queue.start()
    await new Promise((resolve) => setImmediate(resolve))
    await queue.close()
    expect(queue.size).toBe(1)
    expect(seen).toMatchObject({ failed: [], outcomes: [] })
    expect(clock.time).toBe(0)
  })
})
