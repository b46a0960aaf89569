import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { policy } from '../policy.ts'
import { measuredLds } from './measuredLds.ts'

type Setting = { setting: string; methods: { name: string; figures: Record<'held-out' | 'generated', { lds: number }> }[] }

describe('measuredLds', () => {
  it('says what the committed bench measured: of each method, the lower setting', () => {
    const { settings } = JSON.parse(readFileSync(new URL('../../../../docs/bench/attribution.json', import.meta.url), 'utf8')) as { settings: Setting[] }
    expect(settings.map((s) => s.setting)).toEqual(['glossary', 'world'])
    const lowest = (name: string, set: 'held-out' | 'generated'): number =>
      1000 * Math.min(...settings.map((s) => Math.floor(1000 * s.methods.find((m) => m.name === name)!.figures[set].lds)))
    for (const name of Object.keys(policy.pathPoints) as (keyof typeof policy.pathPoints)[]) {
      expect(measuredLds[name], name).toEqual({ ldsHeldOutPpm: lowest(name, 'held-out'), ldsGeneratedPpm: lowest(name, 'generated') })
    }
  })
})
