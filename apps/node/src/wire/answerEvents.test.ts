import fc from 'fast-check'
import { expect, it } from 'vitest'
import { answerEventSchema, linesOf, readAnswerEvent } from './answerEvents.ts'

const lines = [
  ...['{"token":5,"logprob":null}', '{"logprob":-0.5,"token":4294967295}', '{"token":0,"logprob":0,"top":[]}', '{"token":5}', '{"token":5,"logprob":null,"x":1}', '{"token":4294967296,"logprob":null}'],
  ...['{"token":-1,"logprob":null}', '{"token":1.5,"logprob":null}', '{"token":1,"logprob":1e999}', '{"token":"1","logprob":null}', '{"token":1,"logprob":"0"}', '{"token":1,"__proto__":{"logprob":null}}'],
  ...['{"token":1,"extra":null}', '{"token":-0,"logprob":-0}', 'null', '[5,null]', '5', '"token"', '{}'],
]

it('takes exactly the lines that the schema takes, and reads the same in them', () => {
  let [taken, refused] = [0, 0]
  for (const line of lines) {
    const expected = answerEventSchema.safeParse(JSON.parse(line))
    if (expected.success) {
      taken++
      expect(readAnswerEvent(line), line).toEqual(expected.data)
    } else {
      refused++
      expect(() => readAnswerEvent(line), line).toThrow(expect.objectContaining({ code: 'NODE_SPEAKS_ODDLY' }))
    }
  }
  expect([taken, refused]).toEqual([4, lines.length - 4])
})

it('cuts lines out of bytes wherever those are cut, and stops when no more are wanted', () => {
  const text = fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }).map((line) => line.replaceAll('\n', ' ')), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 7 }), fc.nat(8), (wanted, step, most) => {
      const bytes = new TextEncoder().encode(wanted.map((line) => `${line}\n`).join(''))
      const seen: string[] = []
      const take = linesOf(100, (line) => seen.push(line) < most)
      for (let at = 0; at < bytes.length; at += step) if (!take(bytes.subarray(at, at + step))) break
      expect(seen).toEqual(wanted.slice(0, Math.max(1, most)))
    }),
  )
  expect(() => linesOf(10, () => true)(new Uint8Array(11).fill(97))).toThrow(expect.objectContaining({ code: 'LINE_TOO_LONG' }))
})
