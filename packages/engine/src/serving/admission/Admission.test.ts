import { describe, expect, it } from 'vitest'
import { keccak } from '@openledger/protocol'
import { CounterRandom } from '../../sampling/CounterRandom.ts'
import { requestOf, simulate } from '../testing/simulate.ts'
import { Calibration } from './Calibration.ts'
import { forecastFirstToken } from './forecastFirstToken.ts'
import { StepTimes } from './StepTimes.ts'

/** Poisson arrivals of requests of random size. @param boundMs their bound on the first token @returns how many came, were admitted and met it */
async function offer(ratePerMs: number, boundMs: number, untilMs: number) {
  const { batcher, runtime } = simulate({ slots: 8, cost: { step: 8, decodeRow: 1, promptRow: 0.5 } })
  const random = new CounterRandom(keccak(Uint8Array.of(3)))
  let [draw, offered, met, generated] = [0, 0, 0, 0]
  const retries: number[] = []
  const send = (): void => {
    offered += 1
    const began = runtime.now()
    let first = Infinity
    const onToken = (): void => {
      generated += 1
      first = Math.min(first, runtime.now() - began)
      if (generated > 0 && first === runtime.now() - began && first <= boundMs) met += 1
    }
    const [prompt, answer] = [16 + Math.floor(random.at(draw++) * 48), 8 + Math.floor(random.at(draw++) * 48)]
    batcher.generate(requestOf({ prompt, start: offered % 61, answer, firstTokenMs: boundMs }), onToken).catch((error: { code: string; status: number; retryAfterMs: number }) => {
      expect(error).toMatchObject({ code: 'OVERLOADED', status: 429 })
      retries.push(error.retryAfterMs)
    })
    schedule()
  }
  let due = 0
  const schedule = (): void => {
    due += -Math.log(1 - random.at(draw++)) / ratePerMs
    if (due < untilMs) runtime.after(Math.max(0, due - runtime.now()), send)
  }
  schedule()
  await runtime.play()
  const { detail } = batcher.load
  return { offered, met, admitted: detail.finished, retries, detail, tokensPerMs: detail.generatedTokens / runtime.now() }
}

describe('admission by predicted time to first token', () => {
  it('lets four in five of those that it admits meet their bound at one and a half times what can be served, and wastes no capacity', async () => {
    const { offered, admitted, met, retries, detail, tokensPerMs } = await offer(1.5 * 0.0116, 600, 100_000)

    expect(met / admitted).toBeGreaterThanOrEqual(0.8)
    expect(detail.bounded).toEqual({ met, missed: admitted - met })
    // What is refused is about what is too much, and the engine stays full.
    expect(retries).toHaveLength(offered - admitted)
    expect(admitted / offered).toBeGreaterThan(0.58)
    expect(tokensPerMs).toBeGreaterThan(0.35)
    expect(Math.min(...retries)).toBeGreaterThanOrEqual(100)
    const { recent } = detail.forecasts
    expect(recent.length).toBe(256)
    const errors = recent.map(({ predictedMs, measuredMs }) => measuredMs - predictedMs).sort((a, b) => a - b)
    expect(Math.abs(errors[128]!)).toBeLessThan(150)
  })

  it('refuses nobody while there is room', async () => {
    const { offered, admitted } = await offer(0.4 * 0.0116, 600, 50_000)
    expect(admitted / offered).toBeGreaterThan(0.97)
  })
})

describe('forecastFirstToken', () => {
  const times = new StepTimes()
  for (let count = 0; count < 50; count++) {
    times.observe(4, 0, 20)
    times.observe(4, 100, 120)
  }
  const outlook = { slots: 2, promptRows: 100, running: [], ahead: [], ownRows: 100, loadMs: 0, times }

  it('adds up reading, waiting for a slot and loading', () => {
    expect(times.decodeMs(4)).toBe(20)
    expect(times.decodeMs(64)).toBe(20)
    expect(times.promptRowMs).toBeCloseTo(1, 9)
    expect(forecastFirstToken(outlook)).toBeCloseTo(120, 6)
    expect(forecastFirstToken({ ...outlook, loadMs: 500 })).toBeCloseTo(620, 6)
    const running = [{ promptRows: 0, answerTokens: 10 }, { promptRows: 0, answerTokens: 30 }]
    expect(forecastFirstToken({ ...outlook, running })).toBeCloseTo(10 * 20 + 120, 6)
    const ahead = [{ promptRows: 0, answerTokens: 5 }]
    expect(forecastFirstToken({ ...outlook, running, ahead })).toBeCloseTo(15 * 20 + 120, 6)
  })
})

describe('Calibration', () => {
  it('finds the ratio that nine of ten outcomes stay below', () => {
    const calibration = new Calibration(0.9)
    const random = new CounterRandom(keccak(Uint8Array.of(4)))
    let inside = 0
    for (let index = 0; index < 6000; index++) {
      const measuredMs = 100 * (1 + random.at(index))
      if (index >= 3000 && measuredMs <= 100 * calibration.ratio) inside += 1
      calibration.add({ predictedMs: 100, measuredMs })
    }
    expect(Math.abs(inside / 3000 - 0.9)).toBeLessThan(0.03)
  })
})
