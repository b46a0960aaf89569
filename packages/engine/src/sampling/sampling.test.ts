import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keccak } from '@openledger/protocol'
import { type ChoiceParameters, chooseToken } from './chooseToken.ts'
import { CounterRandom } from './CounterRandom.ts'
import { largestLogits } from './largestLogits.ts'
import { logSumExp, topTokens } from './logProbability.ts'
import { StopMatcher } from './StopMatcher.ts'

const plain: ChoiceParameters = { temperature: 1, topK: 0, topP: 1, minP: 0 }
const seed = keccak(new Uint8Array([1]))

/** What is left to draw from, by sorting everything: the plain way that chooseToken avoids. */
function bySorting(logits: Float32Array, { temperature, topK, topP, minP }: ChoiceParameters): { order: number[]; weights: number[] } {
  let order = Array.from(logits.keys()).filter((token) => logits[token]! > -Infinity).sort((a, b) => logits[b]! - logits[a]! || a - b)
  if (topK > 0) order = order.slice(0, topK)
  const weightOf = (token: number): number => Math.exp((logits[token]! - logits[order[0]!]!) / temperature)
  const total = order.reduce((sum, token) => sum + weightOf(token), 0)
  let sum = 0
  const enough = order.findIndex((token) => (sum += weightOf(token)) >= topP * total)
  if (topP < 1) order = order.slice(0, enough + 1)
  order = order.filter((token, index) => index === 0 || weightOf(token) >= minP)
  return { order, weights: order.map(weightOf) }
}

describe('chooseToken', () => {
  it('takes the largest logit at temperature 0, the smaller id on a tie', () => {
    expect(chooseToken(Float32Array.from([1, 3, 3, 2]), { ...plain, temperature: 0 }, 0.99)).toBe(1)
  })

  it('draws tokens as often as the softmax says', () => {
    const logits = Float32Array.from([0, Math.log(2), Math.log(5)])
    const random = new CounterRandom(seed)
    const counts = [0, 0, 0]
    for (let index = 0; index < 20_000; index++) counts[chooseToken(logits, plain, random.at(index))]! += 1
    // 4.4 standard deviations of a binomial; a draw that ignored a weight would be off by thousands.
    ;[1 / 8, 2 / 8, 5 / 8].forEach((share, token) => expect(Math.abs(counts[token]! - 20_000 * share)).toBeLessThan(310))
  })

  it('keeps to top-k, top-p and min-p', () => {
    const logits = Float32Array.from([Math.log(5), Math.log(3), Math.log(1.5), Math.log(0.5)])
    const reached = (parameters: Partial<ChoiceParameters>): number => Math.max(...Array.from({ length: 200 }, (_, i) => chooseToken(logits, { ...plain, ...parameters }, i / 200)))
    expect(reached({})).toBe(3)
    expect(reached({ topK: 2 })).toBe(1)
    expect(reached({ topP: 0.75 })).toBe(1)
    expect(reached({ topP: 0.85 })).toBe(2)
    expect(reached({ minP: 0.2 })).toBe(2)
    expect(reached({ minP: 0.61 })).toBe(0)
    // Top-k first: the mass that top-p counts is that of what is left.
    expect(reached({ topK: 2, topP: 0.63 })).toBe(1)
    expect(reached({ topK: 2, topP: 0.62 })).toBe(0)
  })

  it('gives what sorting the whole vocabulary gives', () => {
    const logits = fc.array(fc.oneof(fc.float({ min: -20, max: 20, noNaN: true }), fc.integer({ min: -2, max: 2 }), fc.constant(-Infinity)), { minLength: 1, maxLength: 400 })
    const parameters = fc.record({ temperature: fc.constantFrom(0.1, 1, 2), topK: fc.nat(500), topP: fc.constantFrom(0.01, 0.5, 0.9, 1), minP: fc.constantFrom(0, 0.01, 0.5, 1) })
    fc.assert(
      fc.property(logits, parameters, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (values, chosen, draw) => {
        fc.pre(values.some((value) => value > -Infinity))
        const { weights, order } = bySorting(Float32Array.from(values), chosen)
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        const place = order.indexOf(chooseToken(Float32Array.from(values), chosen, draw))
        const before = weights.slice(0, place).reduce((sum, weight) => sum + weight, 0)
        expect(place).toBeGreaterThanOrEqual(0)
        // The draw falls into the token's share, up to the last digits of a sum.
        expect(draw * total).toBeGreaterThanOrEqual(before - 1e-9 * total)
        expect(draw * total).toBeLessThanOrEqual(before + weights[place]! + 1e-9 * total)
      }),
      { numRuns: 300 },
    )
  })

  it('has nothing to choose where every logit is -Infinity', () => {
    for (const temperature of [0, 1]) expect(chooseToken(new Float32Array(3).fill(-Infinity), { ...plain, temperature }, 0)).toBe(-1)
  })

  it('never leaves the vocabulary', () => {
    const logits = fc.array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 40 })
    const parameters = fc.record({ temperature: fc.constantFrom(0, 0.1, 1, 2), topK: fc.nat(50), topP: fc.constantFrom(0.01, 0.5, 1), minP: fc.constantFrom(0, 0.5, 1) })
    fc.assert(
      fc.property(logits, parameters, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (values, chosen, draw) => {
        const token = chooseToken(Float32Array.from(values), chosen, draw)
        expect(token).toBeGreaterThanOrEqual(0)
        expect(token).toBeLessThan(values.length)
      }),
    )
  })
})

describe('CounterRandom', () => {
  it('is keccak of seed and counter', () => {
    const block = new Uint8Array(40)
    block.set(Buffer.from(seed.slice(2), 'hex'))
    block[39] = 5
    const bits = BigInt(keccak(block).slice(0, 18)) >> 11n
    expect(new CounterRandom(seed).at(5)).toBe(Number(bits) / 2 ** 53)
  })

  it('refuses a seed of another length', () => {
    expect(() => new CounterRandom('0x00')).toThrow(expect.objectContaining({ code: 'SEED' }))
  })
})

describe('topTokens', () => {
  it('lists the most probable tokens with probabilities that sum to one', () => {
    const logits = Float32Array.from([1, 5, 3, 5])
    const top = topTokens(logits, 4)
    expect(top.map(({ token }) => token)).toEqual([1, 3, 2, 0])
    expect(top.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 12)
    expect(topTokens(logits, 2)).toEqual(top.slice(0, 2))
    expect(logSumExp(Float32Array.from([1000, 1000]))).toBeCloseTo(1000 + Math.log(2), 9)
  })
})

describe('largestLogits', () => {
  it('picks the same tokens by selection and by sorting, ties included', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 60 }), fc.integer({ min: 1, max: 60 }), (values, count) => {
        const logits = Float32Array.from(values)
        expect(largestLogits(logits, count)).toEqual(largestLogits(logits, 0).slice(0, count))
      }),
    )
  })
})

describe('StopMatcher', () => {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

  it('cuts at the first stop string, however the text is split', () => {
    const whole = encode('Grüße, one two\n\nthree')
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 8 }), (cuts) => {
        const matcher = new StopMatcher(['\n\n', 'absent'])
        const places = [0, ...cuts.sort((a, b) => a - b), whole.length]
        let out = ''
        for (let i = 1; i < places.length; i++) out += matcher.push(whole.subarray(places[i - 1]!, places[i]!))
        out += matcher.finish()
        expect(out).toBe('Grüße, one two')
        expect(matcher.text).toBe(out)
        expect(matcher.stopped).toBe(true)
      }),
    )
  })

  it('lets out at the end what only began a stop string', () => {
    const matcher = new StopMatcher(['END'])
    expect(matcher.push(encode('the EN'))).toBe('the ')
    expect(matcher.finish()).toBe('EN')
    expect(matcher.stopped).toBe(false)
  })
})
