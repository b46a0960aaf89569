import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeFrames, scanFrames } from './frame.ts'

const body = fc.anything({ maxDepth: 2 }).map((value) => JSON.stringify(value) ?? 'null')

it('gives back any frames that were written', () => {
  fc.assert(
    fc.property(fc.array(body, { maxLength: 20 }), (bodies) => {
      const bytes = encodeFrames(bodies)
      expect(scanFrames(bytes)).toEqual({ bodies, validBytes: bytes.length, rest: 'none' })
    }),
  )
})

it('takes every beginning of a write for torn, and every other change for damage', () => {
  fc.assert(
    fc.property(fc.array(body, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (bodies, cut, at, flip) => {
      const frames = bodies.map((one) => encodeFrames([one]))
      const bytes = encodeFrames(bodies)
      expect(bytes).toEqual(Buffer.concat(frames))
      const size = cut % bytes.length
      const short = scanFrames(bytes.subarray(0, size))
      let whole = 0
      while (frames[whole] && Buffer.concat(frames.slice(0, whole + 1)).length <= size) whole++
      expect(short.bodies).toEqual(bodies.slice(0, whole))
      expect(short.rest).toBe(short.validBytes === size ? 'none' : 'torn')
      const changed = Buffer.from(bytes)
      changed[at % bytes.length]! ^= flip
      // The last line end alone may be taken for a write that was cut off one byte before its end, or grown by zero bytes.
      const rest = scanFrames(changed).rest
      if (at % bytes.length === bytes.length - 1) expect(['torn', 'damaged']).toContain(rest)
      else expect(rest).toBe('damaged')
    }),
  )
})
