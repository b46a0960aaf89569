import { setTimeout as sleep } from 'node:timers/promises'
import { OpenLedgerError } from '@openledger/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BenchTarget } from '../targets/BenchTarget.ts'
import type { BenchRequest } from '../workload/BenchRequest.ts'
import { jainIndex } from './jainIndex.ts'
import { median, quantile } from './quantile.ts'
import { firstTokenMs, type RequestTrace, tokenGapsMs, tokensWithin } from './RequestTrace.ts'
import { runClosed, runOpen } from './runLoad.ts'

const ask = (outputTokens: number, adapter: number | null = null): BenchRequest => ({ adapter, prompt: [1], outputTokens })
const never = new AbortController().signal

/** A target that says how many requests it had at once, and answers as the adapter number tells it to. */
function countingTarget(): BenchTarget & { most: number } {
  let now = 0
  return {
    name: 'counting',
    most: 0,
    async send({ adapter, outputTokens }, { signal, onToken }) {
      this.most = Math.max(this.most, ++now)
      try {
        await sleep(2, undefined, { signal })
        if (adapter === 1) throw new OpenLedgerError('OVERLOADED', 'no', { status: 429 })
        if (adapter === 2) throw new OpenLedgerError('ENGINE_CRASHED', 'no')
        if (adapter === 3) await sleep(10_000, undefined, { signal })
        for (let i = 0; i < outputTokens; i++) onToken()
        return Array<number>(adapter === 4 ? outputTokens - 1 : outputTokens).fill(7)
      } finally {
        now -= 1
      }
    },
  }
}

describe('figures', () => {
  it('takes quantiles by nearest rank and medians by the middle', () => {
    expect([0, 0.5, 0.99, 1].map((q) => quantile([4, 1, 3, 2], q))).toEqual([1, 2, 4, 4])
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2.5, NaN])
    fc.assert(fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => values.includes(quantile(values, q))))
  })

  it('measures fairness as Jain does', () => {
    expect(jainIndex([5, 5, 5, 5])).toBe(1)
    expect(jainIndex([1, 0, 0, 0])).toBe(0.25)
    expect(jainIndex([1, 2, 3])).toBeCloseTo(36 / 42)
    expect(jainIndex([10, 1, 1, 1, 1, 1, 1, 1, 1, 1])).toBeLessThan(0.4)
  })

  it('reads times from traces', () => {
    const trace: RequestTrace = { request: ask(3), sentAt: 10, tokenTimes: [15, 18, 30], endedAt: 31, tokens: [1, 2, 3], outcome: 'answered' }
    expect([firstTokenMs(trace), tokenGapsMs(trace), tokensWithin([trace, trace], 15, 30)]).toEqual([5, [3, 12], 4])
    expect(firstTokenMs({ ...trace, tokenTimes: [] })).toBeNull()
  })
})

describe('loads', () => {
  it('keeps as many requests going as there are clients, and tells outcomes apart', async () => {
    const target = countingTarget()
    const { traces } = await runClosed(target, [ask(2), ask(2, 1), ask(2, 2), ask(2, 4), ...Array.from({ length: 8 }, () => ask(3))], 3, { signal: never })
    expect(target.most).toBe(3)
    const outcomes = traces.map((trace) => trace.outcome)
    expect(['answered', 'refused', 'failed'].map((outcome) => outcomes.filter((o) => o === outcome).length)).toEqual([9, 1, 2])
    expect(traces.filter((trace) => trace.outcome === 'failed').map((trace) => trace.error).sort()).toEqual(['1 tokens instead of 2', 'ENGINE_CRASHED: no'])
  })

  it('stops by the clock, and fails when it is stopped from outside', async () => {
    const { traces } = await runClosed(countingTarget(), [ask(1, 3), ask(1, 3)], 2, { signal: never, stopAfterMs: 20 })
    expect(traces.map((trace) => trace.outcome)).toEqual(['stopped', 'stopped'])
    const stop = new AbortController()
    const run = runClosed(countingTarget(), [ask(1, 3)], 1, { signal: stop.signal })
    stop.abort()
    await expect(run).rejects.toThrow('aborted')
  })

  it('sends each request of an open loop at its time, whatever became of the others', async () => {
    const target = countingTarget()
    const { traces, startedAt } = await runOpen(target, [0, 5, 10, 15].map((atMs) => ({ ...ask(1, 3), atMs })), { signal: never, stopAfterMs: 60 })
    expect(target.most).toBe(4)
    // Timers count whole milliseconds, and so can end one before their time on a finer clock; a request sent at once would be far off.
    traces.forEach((trace, index) => expect(trace.sentAt - startedAt).toBeGreaterThanOrEqual(5 * index - 3))
  })
})
