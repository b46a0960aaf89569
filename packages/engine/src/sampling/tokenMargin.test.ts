import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseToken, type ChoiceParameters } from './chooseToken.ts'
import { mostMargin, tokenMargin } from './tokenMargin.ts'

const plain: ChoiceParameters = { temperature: 1, topK: 0, topP: 1, minP: 0 }
const logitsOf = (...weights: number[]): Float32Array => Float32Array.from(weights, Math.log)

describe('tokenMargin', () => {
  it('is the distance to the largest logit where nothing is drawn', () => {
    const greedy = { ...plain, temperature: 0 }
    expect([0, 1, 2].map((token) => tokenMargin(Float32Array.of(3, 1, -100), greedy, 0, token))).toEqual([0, 2, mostMargin])
    expect(tokenMargin(Float32Array.of(3, -Infinity), greedy, 0, 1)).toBe(mostMargin)
  })

  it('is what two tokens alone give by hand', () => {
    // Token 1 stands at [0.75, 1) of the mass; by moving both logits it reaches down to the draw: w/f² : 1/3 with 0.75 -> 0.6 takes odds from 3 to 1.5.
    expect(tokenMargin(logitsOf(3, 1), plain, 0.6, 1)).toBeCloseTo(Math.log(2), 4)
    expect(tokenMargin(logitsOf(3, 1), { ...plain, temperature: 2 }, 0.6, 1)).toBeCloseTo(2 * Math.log(Math.sqrt(3) / 1.5), 4)
    // Where the order can turn, that is nearer than to grow over the whole mass before it.
    expect(tokenMargin(logitsOf(3, 1), plain, 0.1, 1)).toBeCloseTo(Math.log(3), 4)
    expect(tokenMargin(logitsOf(3, 1), plain, 0.9, 1)).toBe(0)
  })

  it('is nothing only for the token that is chosen', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 2, maxLength: 12 }), fc.double({ min: 0, max: 0.999, noNaN: true }), fc.constantFrom(0, 0.5, 1), (list, draw, temperature) => {
        const [logits, parameters] = [Float32Array.from(list), { ...plain, temperature }]
        const chosen = chooseToken(logits, parameters, draw)
        list.forEach((_, token) => expect(tokenMargin(logits, parameters, draw, token) === 0).toBe(token === chosen || (temperature === 0 && logits[token] === logits[chosen])))
      }),
      { numRuns: 60 },
    )
  })

  const anyParameters = fc.record({ temperature: fc.constantFrom(0, 0.3, 0.8, 1.5), topK: fc.constantFrom(0, 1, 3, 7), topP: fc.constantFrom(1), minP: fc.constantFrom(0, 0.05, 0.3) })
  it('never counts an honest machine further away than its logits are', () => {
    const noisy = fc.array(fc.tuple(fc.double({ min: -4, max: 4, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })), { minLength: 2, maxLength: 16 })
    fc.assert(
      fc.property(noisy, fc.double({ min: 0.001, max: 0.5, noNaN: true }), anyParameters, fc.double({ min: 0, max: 0.999, noNaN: true }), (pairs, epsilon, parameters, draw) => {
        const token = chooseToken(Float32Array.from(pairs, ([logit, noise]) => logit + epsilon * noise), parameters, draw)
        expect(tokenMargin(Float32Array.from(pairs, ([logit]) => logit), parameters, draw, token)).toBeLessThanOrEqual(2 * epsilon + 1e-4)
      }),
      { numRuns: 400 },
    )
  })

  it('knows what min-p leaves out as soon as logits change a little', () => {
    // The second token takes all when the first falls below a twentieth of it: half a logit is missing.
    const parameters = { ...plain, temperature: 1.5, minP: 0.05 }
    const logits = Float32Array.of(0, 1.5 * Math.log(20) - 0.5)
    expect(chooseToken(logits, parameters, 0.9654)).toBe(0)
    expect(tokenMargin(logits, parameters, 0.9654, 1)).toBeCloseTo(0.5, 4)
  })

  it('stays small with top-p too, unless what is cut off changes', () => {
    const random = (seed: number) => Math.abs(Math.sin(seed * 12.9898) * 43758.5453) % 1
    let far = 0
    for (let trial = 0; trial < 300; trial++) {
      const logits = Float32Array.from({ length: 200 }, (_, i) => 6 * random(trial * 1000 + i) - 3)
      const noisy = logits.map((logit, i) => logit + 0.02 * (random(trial * 1000 + i + 500) - 0.5))
      const parameters = { ...plain, topP: 0.9 }
      const token = chooseToken(noisy, parameters, random(trial + 0.5))
      if (tokenMargin(logits, parameters, random(trial + 0.5), token) > 0.02 + 1e-4) far += 1
    }
    expect(far).toBe(0)
  })
})
