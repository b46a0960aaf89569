import { describe, expect, it } from 'vitest'
import { influenceMethod } from './influence/InfluenceMethod.ts'
import { methodHash, policy } from './policy.ts'

describe('methodHash', () => {
  it('changes with every constant of the method, and only with those', () => {
    const hash = methodHash('trajectory')
    expect(influenceMethod('trajectory').hash).toBe(hash)
    for (const name of Object.keys(policy)) {
      if (name === 'pathPoints') continue
      const changed = { ...policy, [name]: 1 } as unknown as typeof policy
      expect(methodHash('trajectory', changed)).not.toBe(hash)
    }
    const path = (points: Record<string, number[]>) => methodHash('trajectory', { ...policy, pathPoints: points } as unknown as typeof policy)
    expect(path({ trajectory: [1_000_000] })).not.toBe(hash)
    expect(path({ trajectory: [...policy.pathPoints.trajectory], another: [500_000] })).toBe(hash)
  })

  it('takes path points from within the path, spread evenly', () => {
    const points = policy.pathPoints.trajectory
    expect(points.map((p, k) => p - ((2 * k + 1) * 1_000_000) / (2 * points.length))).toEqual(points.map(() => 0))
  })
})
