import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CharacterAutomaton } from './CharacterAutomaton.ts'
import { compilePattern } from './compilePattern.ts'
import { exceptTexts } from './exceptTexts.ts'

const run = (automaton: CharacterAutomaton, text: string): boolean => {
  let state = 0
  for (const character of text) if (state >= 0) state = automaton.next(state, character.codePointAt(0)!)
  return state >= 0 && automaton.accepting[state]!
}
const character = fc.constantFrom(...'abcdxyzAZ019_- .,^$\\"/\n\r\t\v\f\0\b', 'é', 'ß', '\u00a0', '\u2028', '\u2029', '\u202f', '\ufeff', '\u3000', '日', '😀', '\u{10ffff}', '\u007f')
const text = fc.array(character, { maxLength: 8 }).map((parts) => parts.join(''))
const atom = fc.constantFrom('a', 'b', '.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '[a-c]', '[^a-c]', '[\\d\\-x]', '[^\\s"]', '\\.', '\\u00e9', '\\u{1F600}', '\\ud83d\\ude00', '\\x41', '\\n', '[\\b]', '😀', '(?:)')
const pattern = fc
  .letrec<{ part: string; group: string }>((tie) => ({
    part: fc.array(fc.tuple(fc.oneof({ maxDepth: 2 }, atom, tie('group')), fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '{0,}', '*?')), { minLength: 0, maxLength: 3 }).map((parts) => parts.map(([inner, count]) => inner + count).join('')),
    group: fc.tuple(fc.constantFrom('(', '(?:', '(?<name>'), tie('part'), tie('part')).map(([open, a, b]) => `${open}${a}|${b})`),
  }))
  .part

describe('compilePattern', () => {
  it('finds what the language’s own regular expressions find', () => {
    fc.assert(
      fc.property(pattern, pattern, fc.constantFrom('', '^'), fc.constantFrom('', '$'), fc.array(text, { minLength: 5, maxLength: 5 }), (first, second, start, end, texts) => {
        const whole = `${start}${first}${end}|${second}`
        // A group's name may stand once only.
        fc.pre((whole.match(/name/g)?.length ?? 0) < 2)
        const automaton = compilePattern(whole, { states: 200, steps: 100_000 }, (reason) => {
          // Some patterns that are made up here are too large.
          expect(reason).toMatch('too many')
          fc.pre(false)
          return undefined as never
        })
        const expression = new RegExp(whole, 'u')
        for (const one of texts) expect(run(automaton, one), `${whole} on ${JSON.stringify(one)}`).toBe(expression.test(one))
      }),
      { numRuns: 200 },
    )
  })
})

describe('exceptTexts', () => {
  it('takes every text but those', () => {
    fc.assert(
      fc.property(fc.uniqueArray(text, { maxLength: 5 }), fc.array(text), (refused, others) => {
        const automaton = exceptTexts(refused)
        for (const one of refused) expect(run(automaton, one)).toBe(false)
        for (const one of others) expect(run(automaton, one)).toBe(!refused.includes(one))
      }),
    )
  })
})
