import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { segments } from './segments.ts'

const span = (start: number, end: number) => ({ start, end, recordId: 'r', contributor: 'c', copies: 0 })

describe('segments', () => {
  it('covers exactly the spans', () => {
    expect(segments('abcdef', [span(4, 6), span(1, 3)]).map((s) => [s.text, s.span !== null])).toEqual([
      ['a', false],
      ['bc', true],
      ['d', false],
      ['ef', true],
    ])
  })

  it('never loses or repeats a character, whatever the spans', () => {
    const anySpan = fc.tuple(fc.integer({ min: -2, max: 30 }), fc.integer({ min: -2, max: 30 })).map(([a, b]) => span(a, b))
    fc.assert(
      fc.property(fc.string({ maxLength: 24 }), fc.array(anySpan, { maxLength: 8 }), (text, spans) => {
        expect(segments(text, spans.filter((s) => s.start >= 0)).map((s) => s.text).join('')).toBe(text)
      }),
    )
  })
})
