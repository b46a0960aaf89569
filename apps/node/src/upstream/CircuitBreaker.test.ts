import { describe, expect, it } from 'vitest'
import { CircuitBreaker } from './CircuitBreaker.ts'

describe('CircuitBreaker', () => {
  it('opens after failures running, rests, and lets requests pass again after one good probe', async () => {
    let now = 0
    let well = false
    let probes = 0
    const breaker = new CircuitBreaker({
      failures: 3,
      restMs: 100,
      now: () => now,
      async probe() {
        probes += 1
        await Promise.resolve()
        if (!well) throw new Error('still down')
      },
    })
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    breaker.failed()
    await breaker.admit()
    expect(breaker.state).toBe('closed')
    breaker.failed()
    expect(breaker.state).toBe('open')
    now = 60
    await expect(breaker.admit()).rejects.toMatchObject({ code: 'UPSTREAM_AWAY', retryAfterMs: 40, status: 503 })
    expect(probes).toBe(0)
    now = 101
    const admitted = [breaker.admit(), breaker.admit()]
    expect(breaker.state).toBe('half-open')
    expect((await Promise.allSettled(admitted)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(probes).toBe(1)
    await expect(breaker.admit()).rejects.toMatchObject({ code: 'UPSTREAM_AWAY' })
    now = 202
    well = true
    await breaker.admit()
    await breaker.admit()
    expect([breaker.state, probes]).toEqual(['closed', 2])
  })
})
