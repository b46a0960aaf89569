import { describe, expect, it } from 'vitest'
import { plural, verbForms, withArticle } from './inflect.ts'

describe('inflect', () => {
  it('spells regular and irregular verbs', () => {
    const forms = (entry: string): string => Object.values(verbForms(entry)).join(' ')
    expect(forms('carry')).toBe('carry carries carrying carried carried')
    expect(forms('tie')).toBe('tie ties tying tied tied')
    expect(forms('trim')).toBe('trim trims trimming trimmed trimmed')
    expect(forms('visit')).toBe('visit visits visiting visited visited')
    expect(forms('agree')).toBe('agree agrees agreeing agreed agreed')
    expect(forms('write/wrote/written')).toBe('write writes writing wrote written')
    expect(forms('build/built')).toBe('build builds building built built')
  })

  it('spells plurals and articles', () => {
    expect(['knife', 'lady', 'box', 'fisherman', 'price', 'silver', 'day', 'photo'].map(plural)).toEqual([
      'knives',
      'ladies',
      'boxes',
      'fishermen',
      'prices',
      'silver',
      'days',
      'photos',
    ])
    expect(['hour', 'apple', 'unit', 'honest man', 'gold', 'price'].map(withArticle)).toEqual([
      'an hour',
      'an apple',
      'a unit',
      'an honest man',
      'gold',
      'a price',
    ])
  })
})
