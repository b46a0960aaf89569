import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Hex } from '@openledger/protocol'
import { adapterId, requestOf, type Simulation, simulate } from './testing/simulate.ts'
import { expectedAnswer, simulatedVocabulary } from './testing/SimulatedPass.ts'

const ignore = (): void => undefined
const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'none', (error: { code: string }) => error.code)

function expectNothingHeld({ batcher, pool, pass }: Simulation): void {
  expect(batcher.load).toMatchObject({ active: 0, waiting: 0 })
  expect(pool.leases).toBe(0)
  batcher.dispose()
  expect(pass.freeSlots).toBe(pass.slots)
}

describe('Scheduler', () => {
  it('serves others while an adapter is on its way, and tells the pool what comes next', async () => {
    const slow = adapterId(1)
    const simulation = simulate({ slots: 2, loadMs: (id) => (id === slow ? 500 : 0) })
    const { batcher, runtime, pool } = simulation
    const ends: Record<string, number> = {}
    const cold = batcher.generate(requestOf({ adapterId: slow }), ignore).then(() => (ends.cold = runtime.now()))
    const others = [2, 3, 4, 5].map((index) => batcher.generate(requestOf({ adapterId: adapterId(index), start: index }), ignore).then(() => (ends[index] = runtime.now())))
    await runtime.play()
    await Promise.all([cold, ...others])
    expect(ends.cold).toBeGreaterThan(500)
    expect(Math.max(...[2, 3, 4, 5].map((index) => ends[index]!))).toBeLessThan(500)
    expect(pool.prefetched).toEqual([])
    expectNothingHeld(simulation)
  })

  it('gives every adapter its turn when more are wanted than find room', async () => {
    const simulation = simulate({ slots: 4, room: 2 })
    const requests = Array.from({ length: 30 }, (_, index) => requestOf({ adapterId: adapterId(index % 7), start: index, answer: 3 + (index % 5) }))
    const answers = Promise.all(requests.map((request) => simulation.batcher.generate(request, ignore)))
    await simulation.runtime.play()
    ;(await answers).forEach(({ tokens }, index) => {
      const { adapterId: id, promptTokens, sampling } = requests[index]!
      expect(tokens).toEqual(expectedAnswer(`${id}*1`, promptTokens, sampling.maxTokens))
    })
    expectNothingHeld(simulation)
  })

  it('makes room for an adapter that waits while others are always in use', async () => {
    const simulation = simulate({ slots: 2, room: 1, affinityMs: 100 })
    const { batcher, runtime } = simulation
    const hot = Array.from({ length: 60 }, (_, index) => () => batcher.generate(requestOf({ adapterId: adapterId(1), start: index, answer: 10 }), ignore))
    // Two at a time, half an answer apart: at no time is the window's only place free.
    const running = hot.map((send, index) => new Promise<unknown>((done) => runtime.after(index * 60, () => done(send()))))
    let coldMs = NaN
    runtime.after(200, () => void batcher.generate(requestOf({ adapterId: adapterId(2) }), () => (coldMs ||= runtime.now() - 200)).catch(ignore))
    await runtime.play()
    await Promise.all(running)
    // Passed over for a while, then two answers run out.
    expect(coldMs).toBeLessThan(100 + 3 * 150)
    expectNothingHeld(simulation)
  })

  it('ends what is late, waiting or running, also while nothing is computed', async () => {
    const simulation = simulate({ slots: 1, loadMs: () => 10_000 })
    const { batcher, runtime } = simulation
    const blocked = codeOf(batcher.generate(requestOf({ adapterId: adapterId(1), deadlineMs: 300 }), ignore).finally(() => expect(runtime.now()).toBeLessThan(320)))
    await runtime.play(1000)
    const running = codeOf(batcher.generate(requestOf({ answer: 1000, deadlineMs: 200 }), ignore))
    const waiting = codeOf(batcher.generate(requestOf({ deadlineMs: 50 }), ignore))
    await runtime.play(5000)
    expect(await Promise.all([blocked, running, waiting])).toEqual(['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED'])
    expect(batcher.load.detail.deadlineExceeded).toBe(3)
    await runtime.play()
    expectNothingHeld(simulation)
  })

  it('ends requests whose adapter fails while they wait', async () => {
    const simulation = simulate({ loadMs: () => 100 })
    const request = codeOf(simulation.batcher.generate(requestOf({ adapterId: adapterId(1) }), ignore))
    await simulation.runtime.play(50)
    simulation.pool.fail(adapterId(1))
    await simulation.runtime.play()
    expect(await request).toBe('ADAPTER_CHANGED')
    expectNothingHeld(simulation)
  })

  it('ends who was in a step that failed, trusts nothing of it, and goes on', async () => {
    const simulation = simulate()
    const { batcher, runtime, pass } = simulation
    pass.failAt = 3
    const failed = codeOf(batcher.generate(requestOf({ prompt: 40 }), ignore))
    await runtime.play()
    const answer = batcher.generate(requestOf({ prompt: 40 }), ignore)
    await runtime.play()
    expect(await failed).toBe('STEP_FAILED')
    expect((await answer).tokens).toEqual(expectedAnswer('', requestOf({ prompt: 40 }).promptTokens, 10))
    expectNothingHeld(simulation)
  })

  describe('lets answers of a payer far ahead in its share pause', () => {
    const ahead = { slots: 2, fairSlack: 100 }
    /** One payer's long answers take both slots; another payer comes later. */
    async function play(options: Parameters<typeof simulate>[0], later: { payer: string; at: number; answer: number }[]) {
      const simulation = simulate({ ...ahead, ...options })
      const { batcher, runtime } = simulation
      const long = [0, 1].map((start) => requestOf({ payer: 'heavy', start, answer: 300, adapterId: adapterId(start) }))
      let [last, longestGap] = [NaN, 0]
      const onToken = (): void => {
        if (runtime.now() - last > longestGap) longestGap = runtime.now() - last
        last = runtime.now()
      }
      const heavy = Promise.all(long.map((request, index) => batcher.generate(request, index === 1 ? onToken : ignore)))
      const firstMs: number[] = []
      const light = later.map(({ payer, at, answer }, index) => new Promise<unknown>((done) => runtime.after(at, () => done(batcher.generate(requestOf({ payer, start: 5 + index, answer }), () => (firstMs[index] ??= runtime.now() - at))))))
      await runtime.play(later[0]!.at + 60)
      const during = batcher.load
      await runtime.play()
      ;(await heavy).forEach(({ tokens }, index) => expect(tokens).toEqual(expectedAnswer(`${adapterId(index)}*1`, long[index]!.promptTokens, 300)))
      await Promise.all(light)
      const { pauses } = batcher.load.detail
      expectNothingHeld(simulation)
      return { firstMs, during, pauses, longestGap }
    }
    const one = [{ payer: 'light', at: 1500, answer: 20 }]

    it('for one further behind, and go on where they were', async () => {
      const { firstMs, during, pauses, longestGap } = await play({}, one)
      expect(firstMs[0]).toBeLessThan(60)
      expect(during).toMatchObject({ active: 2, waiting: 1 })
      expect(pauses).toBe(1)
      // While the other's twenty tokens are made, and no longer.
      expect(longestGap).toBeGreaterThan(20 * 11)
      expect(longestGap).toBeLessThan(25 * 12)
    })

    it('but not before it is ahead, nor without memory for what it has computed', async () => {
      expect(await play({ fairSlack: 10_000 }, one)).toMatchObject({ pauses: 0 })
      for (const pausedBytes of [0, 300]) expect(await play({ pausedBytes }, one)).toMatchObject({ pauses: 0 })
    })

    it('for as long as is allowed and not again, however many come', async () => {
      const many = Array.from({ length: 200 }, (_, index) => ({ payer: `light ${index}`, at: 1500 + 20 * index, answer: 10 }))
      const { pauses, longestGap } = await play({ pauseMs: 500 }, many)
      expect(pauses).toBe(2)
      expect(longestGap).toBeGreaterThan(500)
      expect(longestGap).toBeLessThan(500 + 2 * 150)
    })
  })

  it('makes the payer with most in a full queue give way', async () => {
    const simulation = simulate({ slots: 1, maxWaiting: 4 })
    const { batcher, runtime } = simulation
    const greedy = Array.from({ length: 6 }, () => codeOf(batcher.generate(requestOf({ payer: 'greedy' }), ignore)))
    const modest = codeOf(batcher.generate(requestOf({ payer: 'modest' }), ignore))
    await runtime.play()
    expect(await Promise.all(greedy)).toEqual(['none', 'none', 'none', 'none', 'OVERLOADED', 'OVERLOADED'])
    expect(await modest).toBe('none')
    expect(batcher.load.detail.refused).toBe(2)
    expectNothingHeld(simulation)
  })

  it('keeps running answers at their pace while a long prompt is read', async () => {
    const { batcher, runtime } = simulate({ slots: 2, promptRows: 32, cost: { step: 10, decodeRow: 1, promptRow: 1 } })
    const gaps: number[] = []
    let last = NaN
    const answer = batcher.generate(requestOf({ answer: 100 }), () => (gaps.push(runtime.now() - last), (last = runtime.now())))
    await runtime.play(100)
    const long = batcher.generate(requestOf({ prompt: 1500, start: 1, answer: 1 }), ignore)
    await runtime.play()
    await Promise.all([answer, long])
    expect(Math.max(...gaps.slice(1))).toBeLessThanOrEqual(10 + 1 + 32)
  })

  it('adds up the adapters of a mix, and refuses a mix that is none', async () => {
    const { batcher, runtime } = simulate()
    const mix = [{ adapterId: adapterId(1), weight: 0.5 }, { adapterId: adapterId(2), weight: 2 }]
    const answer = batcher.generate(requestOf({ mix }), ignore)
    await runtime.play()
    expect((await answer).tokens).toEqual(expectedAnswer(`${adapterId(1)}*0.5,${adapterId(2)}*2`, requestOf().promptTokens, 10))
    for (const wrong of [[], [mix[0]!, mix[0]!], [{ adapterId: adapterId(1), weight: NaN }]]) expect(await codeOf(batcher.generate(requestOf({ mix: wrong }), ignore))).toBe('BAD_MIX')
    expect(await codeOf(batcher.generate(requestOf({ mix, adapterId: adapterId(3) }), ignore))).toBe('BAD_MIX')
  })

  it('answers alike and leaks nothing, whatever comes, is cancelled, is late or fails, and whenever', async () => {
    const prompt = fc.record({ length: fc.integer({ min: 1, max: 90 }), start: fc.constantFrom(0, 0, 1, 2) })
    const request = fc.record({
      prompt,
      at: fc.integer({ min: 0, max: 400 }),
      adapters: fc.uniqueArray(fc.nat(5), { maxLength: 2 }),
      answer: fc.integer({ min: 1, max: 30 }),
      payer: fc.constantFrom('a', 'b', 'c'),
      priority: fc.constantFrom('high' as const, 'normal' as const, 'low' as const),
      cancelAt: fc.option(fc.integer({ min: 0, max: 600 }), { nil: undefined }),
      deadlineMs: fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined }),
      throwsAt: fc.option(fc.nat(5), { nil: undefined }),
    })
    const options = fc.record({ slots: fc.integer({ min: 1, max: 4 }), prefixSlots: fc.nat(2), room: fc.integer({ min: 2, max: 4 }), maxWaiting: fc.constantFrom(3, 100), promptRows: fc.constantFrom(1, 20, 128), fairSlack: fc.constantFrom(0, 20, 1024), pausedBytes: fc.constantFrom(0, 150, 2 ** 20), pauseMs: fc.constantFrom(20, 3000) })
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 14 }), options, fc.option(fc.nat(5), { nil: undefined }), fc.integer({ min: -1, max: 25 }), async (requests, setting, failing, failAt) => {
        const simulation = simulate({ ...setting, maxRows: 64, loadMs: (id) => (Number(BigInt(id)) % 3) * 40 })
        const { batcher, runtime, pool } = simulation
        simulation.pass.failAt = failAt
        const outcomes: Promise<string>[] = []
        for (const { at, adapters, cancelAt, throwsAt, ...rest } of requests) {
          runtime.after(at, () => {
            const mix = adapters.map((index) => ({ adapterId: adapterId(index), weight: 1 }))
            const made = requestOf({ ...rest, prompt: rest.prompt.length, start: rest.prompt.start, ...(mix.length > 0 ? { mix } : {}) })
            const controller = new AbortController()
            if (cancelAt !== undefined) runtime.after(cancelAt, () => controller.abort())
            let count = 0
            const onToken = (): void => {
              if (count++ === throwsAt) throw new Error('the receiver fails')
            }
            const run = batcher.generate(made, onToken, controller.signal).then(({ tokens }) => {
              expect(tokens).toEqual(expectedAnswer(mix.map(({ adapterId: id }) => `${id}*1`).join(), made.promptTokens, made.sampling.maxTokens))
            })
            outcomes.push(codeOf(run))
          })
        }
        if (failing !== undefined) runtime.after(150, () => pool.fail(adapterId(failing)))
        await runtime.play()
        const codes = await Promise.all(outcomes)
        expect(codes).toHaveLength(requests.length)
        expect(codes.filter((code) => !['none', 'CANCELLED', 'DEADLINE_EXCEEDED', 'ADAPTER_CHANGED', 'OVERLOADED', 'STEP_FAILED'].includes(code))).toEqual([])
        const { finished, refused, cancelled, deadlineExceeded, failed } = batcher.load.detail
        expect(finished).toBe(codes.filter((code) => code === 'none').length)
        expect(finished + refused + cancelled + deadlineExceeded + failed).toBeLessThanOrEqual(requests.length)
        expectNothingHeld(simulation)
      }),
      { numRuns: 150, interruptAfterTimeLimit: 25_000, markInterruptAsFailure: true },
    )
  })

  it('counts what it did', async () => {
    const { batcher, runtime } = simulate({ slots: 2 })
    const ids: Hex[] = []
    const all = [1, 2, 3].map((start) => batcher.generate(requestOf({ start, payer: `p${start}`, answer: start }), ({ token }) => (expect(token).toBeLessThan(simulatedVocabulary), ids.push('0x'))))
    await runtime.play()
    await Promise.all(all)
    const { detail } = batcher.load
    expect(detail).toMatchObject({ finished: 3, promptTokens: 60, generatedTokens: 6, rows: { prompt: 60, decode: 3 } })
    expect(detail.payers).toEqual([{ payer: 'p3', tokens: 23 }, { payer: 'p2', tokens: 22 }, { payer: 'p1', tokens: 21 }])
    expect(detail.firstTokenMs.count).toBe(3)
    expect(detail.interTokenMs.count).toBe(3)
    expect(ids).toHaveLength(6)
  })
})
