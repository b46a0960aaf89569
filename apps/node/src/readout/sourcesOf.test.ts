import fc from 'fast-check'
import { expect, it } from 'vitest'
import { tokenOffsets } from './sourcesOf.ts'

it('finds where tokens stand in a text, whatever bytes they split it at', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.array(fc.nat({ max: 120 }), { maxLength: 20 }), (text, cuts) => {
      fc.pre(text.isWellFormed())
      const bytes = new TextEncoder().encode(text)
      const places = [...new Set([0, ...cuts.map((c) => c % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
      const pieces = places.slice(1).map((end, i) => bytes.slice(places[i], end))
      const offsets = tokenOffsets(pieces)
      expect(offsets).toHaveLength(pieces.length + 1)
      expect(offsets.at(-1)).toBe(text.length)
      places.forEach((place, i) => {
        // Where a cut falls between characters, the offset is the length of the text before it.
        const isBoundary = place === bytes.length || (bytes[place]! & 0xc0) !== 0x80
        if (isBoundary) expect(offsets[i]).toBe(new TextDecoder().decode(bytes.slice(0, place)).length)
      })
    }),
  )
})
