import { describe, expect, it } from 'vitest'
import { keccak } from '@openledger/protocol'
import { CounterRandom } from '../sampling/CounterRandom.ts'
import type { BatcherOptions } from './Batcher.ts'
import { adapterId, jainIndex, quantileOf, requestOf, simulate } from './testing/simulate.ts'

const ignore = (): void => undefined

/** What one payer sends, the same whatever others do: sizes and Poisson arrivals. */
function stream(seed: number, ratePerMs: number) {
  const random = new CounterRandom(keccak(Uint8Array.of(seed)))
  let draw = 0
  const next = (): number => random.at(draw++)
  return { pause: () => -Math.log(1 - next()) / ratePerMs, size: (least: number, most: number) => least + Math.floor(next() * (most - least)) }
}

type Served = { payer: string; tokens: number; at: number; ms: number; firstMs: number }


/** Payers that send requests at their own rates for a while. @param nameOf under which name the scheduler knows a payer */
async function serve(rates: Record<string, number>, { nameOf = (payer: string): string => payer, untilMs = 60_000, ...options }: Partial<BatcherOptions> & { nameOf?: (payer: string) => string; untilMs?: number } = {}): Promise<{ served: Served[]; tokens: Map<string, number>; decodeRows: number; pauses: number }> {
  const { batcher, runtime } = simulate({ ...options, slots: 8, cost: { step: 8, decodeRow: 1, promptRow: 0.5 }, maxWaiting: 200 })
  const served: Served[] = []
  const tokens = new Map<string, number>()
  Object.entries(rates).forEach(([payer, rate], seed) => {
    const { pause, size } = stream(seed, rate)
    const send = (): void => {
      const [prompt, answer, start] = [size(16, 64), size(8, 56), size(1, 64)]
      const began = runtime.now()
      let first = NaN
      const count = (): void => {
        if (Number.isNaN(first)) first = runtime.now() - began
        if (runtime.now() <= untilMs) tokens.set(payer, (tokens.get(payer) ?? 0) + 1)
      }
      const request = requestOf({ prompt, start, answer, payer: nameOf(payer), adapterId: adapterId(start % 5) })
      void batcher.generate(request, count).then(() => served.push({ payer, tokens: answer, at: began, ms: runtime.now() - began, firstMs: first }), ignore)
      schedule()
    }
    let due = 0
    const schedule = (): void => {
      due += pause()
      if (due < untilMs) runtime.after(Math.max(0, due - runtime.now()), send)
    }
    schedule()
  })
  await runtime.play(untilMs)
  const { rows, pauses } = batcher.load.detail
  batcher.dispose()
  return { served, tokens, decodeRows: rows.decode, pauses }
}

describe('fairness over time', () => {
  // Eight slots give about 0.38 answer tokens a millisecond, 0.012 requests of this size: each light payer asks for nearly its tenth.
  const light = 0.00123
  const lights = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`light${index}`, light]))
  const slowest = ({ served }: { served: Served[] }): number => quantileOf(served.filter(({ payer }) => payer !== 'heavy').map(({ ms }) => ms), 0.99)

  it('shares out tokens evenly, and keeps the light payers quick, while one payer asks for ten times as much', async () => {
    const alone = await serve(lights)
    const together = await serve({ ...lights, heavy: 10 * light })

    expect(together.decodeRows).toBeGreaterThan(0.37 * 60_000)
    expect(jainIndex([...together.tokens.values()])).toBeGreaterThanOrEqual(0.95)
    expect(slowest(together)).toBeLessThanOrEqual(2 * slowest(alone))
    // In the order of arrival, as if all were one payer, neither holds.
    const inOrder = await serve({ ...lights, heavy: 10 * light }, { nameOf: () => 'all' })
    expect(jainIndex([...inOrder.tokens.values()])).toBeLessThan(0.7)
    expect(slowest(inOrder)).toBeGreaterThan(5 * slowest(alone))
  })

  it('gives light payers their first tokens soon, beside one who takes all that they leave', async () => {
    const untilMs = 200_000
    // Half of what there is, and as much again.
    const half = Object.fromEntries(Object.keys(lights).map((payer) => [payer, light / 2]))
    const busy = { ...half, heavy: 4.5 * light }
    // Whoever is new begins with a credit: until it is used up nobody is ahead.
    const first = ({ served }: { served: Served[] }): number => quantileOf(served.filter(({ payer, at }) => payer !== 'heavy' && at > untilMs / 4).map(({ firstMs }) => firstMs), 0.99)
    const [alone, beside, without] = [await serve(half, { untilMs }), await serve(busy, { untilMs }), await serve(busy, { untilMs, pausedBytes: 0 })]
    expect(first(beside)).toBeLessThanOrEqual(3 * first(alone))
    expect(first(without)).toBeGreaterThan(4 * first(alone))
    expect(slowest(beside)).toBeLessThanOrEqual(slowest(without))
    expect(beside.decodeRows).toBeGreaterThan(0.99 * without.decodeRows)
    expect(beside.pauses).toBeGreaterThan(50)
    expect(without.pauses).toBe(0)
  })
})
