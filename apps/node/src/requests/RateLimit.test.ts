import { expect, it } from 'vitest'
import { RateLimit } from './RateLimit.ts'

it('lets a burst through, then the rate, for each caller alone', () => {
  let now = 0
  const limit = new RateLimit({ perMinute: 60, burst: 3, now: () => now })
  const refused = expect.objectContaining({ code: 'RATE_LIMITED', status: 429 })
  const take = (caller: string): unknown => {
    try {
      limit.take(caller)
      return undefined
    } catch (error) {
      return error
    }
  }
  for (let i = 0; i < 3; i++) expect(take('a')).toBeUndefined()
  expect(take('a')).toEqual(refused)
  expect(take('b')).toBeUndefined()
  now += 999
  expect(take('a')).toEqual(refused)
  now += 1
  expect(take('a')).toBeUndefined()
  expect(take('a')).toEqual(refused)
  now += 3_600_000
  for (let i = 0; i < 3; i++) expect(take('a')).toBeUndefined()
  expect(take('a')).toEqual(refused)
})

it('forgets callers that have been quiet', () => {
  let now = 0
  const limit = new RateLimit({ perMinute: 60, burst: 2, now: () => now })
  for (let i = 0; i < 10_000; i++) limit.take(`caller ${i}`)
  now += 60_000
  limit.take('one more')
  limit.take('caller 0')
  limit.take('caller 0')
  expect(() => limit.take('caller 0')).toThrow('too many')
})
