import { describe, expect, it } from 'vitest'
import { consentTerms, isConsent, missingConsent, readConsent, trainers } from './consentTerms.ts'
import type { ConsentTerms } from './messages.ts'

const all = [0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14] as const

describe('consent', () => {
  it('allows nothing that is not said', () => {
    expect(consentTerms({})).toBe(0)
    expect(readConsent(0)).toEqual({ training: 'nobody', sold: false, kept: false })
  })

  it('goes through its byte, and no other byte is one', () => {
    for (const terms of all) expect(consentTerms(readConsent(terms))).toBe(terms)
    const found = Array.from({ length: 300 }, (_, i) => i - 20).filter(isConsent)
    expect(found).toEqual([...all])
    expect(isConsent(1.5)).toBe(false)
  })

  it('misses exactly the rights that are needed and not given', () => {
    for (const given of all) {
      for (const needed of all) {
        const [a, b] = [readConsent(given), readConsent(needed)]
        const expected = [trainers.indexOf(a.training) < trainers.indexOf(b.training), !a.sold && b.sold, !a.kept && b.kept].filter(Boolean).length
        expect(missingConsent(given, needed)).toHaveLength(expected)
      }
    }
    expect(missingConsent(1, 6 as ConsentTerms)).toEqual(['training by anyone', 'the sale of answers'])
  })
})
