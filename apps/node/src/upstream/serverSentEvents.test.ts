import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventParser } from './serverSentEvents.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const parse = (pieces: Uint8Array[], maxLength = 10_000): { event: string; data: string }[] => {
  const parser = new EventParser(maxLength)
  return pieces.flatMap((piece) => parser.push(piece))
}

describe('serverSentEvents', () => {
  // The examples of the HTML standard, section 9.2.6.
  it('reads the examples of the standard', () => {
    const one = ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n'
    expect(parse([bytes(one)]).map(({ data }) => data)).toEqual(['first event', 'second event', ' third event'])
    expect(parse([bytes('data\n\ndata\ndata\n\ndata:')]).map(({ data }) => data)).toEqual(['', '\n'])
    expect(parse([bytes('data:test\n\ndata: test\n\n')]).map(({ data }) => data)).toEqual(['test', 'test'])
    expect(parse([bytes('data: YHOO\ndata: +2\ndata: 10\n\n')])).toEqual([{ event: 'message', data: 'YHOO\n+2\n10' }])
    expect(parse([bytes('event: add\ndata: 1\n\ndata: 2\n\n')])).toEqual([{ event: 'add', data: '1' }, { event: 'message', data: '2' }])
  })

  it('reads the same however the bytes are cut and lines end', () => {
    const line = fc.stringMatching(/^[^\r\n]{0,12}$/u)
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 5 }), fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(200), { maxLength: 8 }), (texts, end, cuts) => {
        const whole = bytes(texts.map((text) => `: note${end}data: ${text} 🙂é${end}${end}`).join(''))
        const places = [...new Set(cuts.map((cut) => cut % whole.length))].sort((a, b) => a - b)
        const pieces = [0, ...places].map((from, i) => whole.subarray(from, places[i] ?? whole.length))
        expect(parse(pieces).map(({ data }) => data)).toEqual(texts.map((text) => `${text} 🙂é`))
      }),
    )
  })

  it('refuses an event without end', () => {
    expect(() => parse([bytes('data: '), bytes('x'.repeat(60)), bytes('x'.repeat(60))], 100)).toThrow(expect.objectContaining({ code: 'UPSTREAM_TOO_LARGE' }))
    expect(() => parse([bytes(`data: ${'x'.repeat(60)}\n`.repeat(2))], 100)).toThrow(expect.objectContaining({ code: 'UPSTREAM_TOO_LARGE' }))
  })
})
