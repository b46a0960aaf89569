import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadGgml, ReferenceSampler, type SamplerStage } from '@openledger/tensor'
import { type ChoiceParameters, chooseToken } from './chooseToken.ts'
import { changesLogits, penalise } from './penalise.ts'

const reference = new ReferenceSampler(loadGgml())
const logits = fc.array(fc.float({ min: -12, max: 12, noNaN: true }), { minLength: 8, maxLength: 60 }).map((values) => Float32Array.from(values))
const penalty = fc.integer({ min: -8, max: 8 }).map((eighths) => eighths / 4)

describe('penalties and biases', () => {
  it('change logits as libllama does', () => {
    const history = fc.array(fc.nat(7), { maxLength: 12 })
    const biases = fc.uniqueArray(fc.tuple(fc.nat(7), fc.integer({ min: -400, max: 400 }).map((quarters) => quarters / 4)), { selector: ([token]) => token, maxLength: 4 })
    fc.assert(
      fc.property(logits, history, fc.constantFrom(1, 1.25, 2), penalty, penalty, biases, (values, tokens, repetition, presence, frequency, logitBias) => {
        const generated = new Map<number, number>()
        for (const token of tokens) generated.set(token, (generated.get(token) ?? 0) + 1)
        const ours = values.slice()
        penalise(ours, { repetitionPenalty: repetition, presencePenalty: presence, frequencyPenalty: frequency, logitBias }, { seen: new Set(tokens), generated })
        const theirs = reference.apply(values, [
          { kind: 'penalties', history: tokens, repetition, presence, frequency },
          { kind: 'bias', biases: logitBias },
        ])
        for (const [token, logit] of theirs) expect(ours[token]).toBeCloseTo(logit, 4)
      }),
    )
  })

  it('penalise presence and frequency over the answer alone, repetition over the prompt too', () => {
    const values = Float32Array.from([2, 2, 2])
    penalise(values, { repetitionPenalty: 2, presencePenalty: 0.5, frequencyPenalty: 0.25 }, { seen: new Set([0, 1]), generated: new Map([[1, 2]]) })
    expect([...values]).toEqual([1, 0, 2])
  })

  it('pass over a bias outside the vocabulary, and say when nothing changes', () => {
    const values = Float32Array.from([1, 2])
    penalise(values, { repetitionPenalty: 1, logitBias: [[1, -2], [2, 5]] }, { seen: new Set(), generated: new Map() })
    expect([...values]).toEqual([1, 0])
    expect(changesLogits({ repetitionPenalty: 1, presencePenalty: 0, frequencyPenalty: 0, logitBias: [] })).toBe(false)
    expect(changesLogits({ repetitionPenalty: 1, logitBias: [[1, 1]] })).toBe(true)
  })
})

describe('chooseToken', () => {
  it('leaves a token in doubt out of the comparison, and no clear one', () => {
    const chosen = { temperature: 1, topK: 0, topP: 0.3, minP: 0 }
    const close = Float32Array.from([1e-8, 0, 2e-8, 3e-8, 4e-8, 5e-8, 6e-8, 7e-8, 8e-8, 9e-8])
    expect(hasNarrowCut(close, chosen)).toBe(true)
    expect(hasNarrowCut(close, { ...chosen, topP: 0.35 })).toBe(false)
    expect(hasNarrowCut(Float32Array.from([0, Math.log(0.4)]), { ...chosen, topP: 1, minP: 0.4 })).toBe(true)
    expect(hasNarrowCut(Float32Array.from([2, 1, 1]), { ...chosen, topP: 1 })).toBe(true)
  })

  it('draws from the tokens that libllama leaves, in each of its stages', () => {
    const parameters = fc.record({ temperature: fc.constantFrom(0.5, 1, 1.5), topK: fc.constantFrom(0, 1, 3, 7), topP: fc.constantFrom(0.3, 0.77, 1), minP: fc.constantFrom(0, 0.031, 0.4) })
    fc.assert(
      fc.property(logits, parameters, (values, chosen) => {
        fc.pre(!hasNarrowCut(values, chosen))
        const left = reference.apply(values, stagesOf(chosen))
        const reached = new Set<number>()
        const draws = 100
        for (let index = 0; index < draws; index++) reached.add(chooseToken(values, chosen, index / draws))
        for (const token of reached) expect(left.has(token), `token ${token}`).toBe(true)
        const most = Math.max(...left.values())
        const mass = [...left.values()].reduce((sum, logit) => sum + Math.exp(logit - most), 0)
        for (const [token, logit] of left) if (Math.exp(logit - most) / mass > 2 / draws) expect(reached.has(token), `token ${token}`).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

/** Whether 32 bits decide which tokens are left: libllama divides, sums and compares in them, and may order equal logits otherwise. */
function hasNarrowCut(values: Float32Array, { temperature, topK, topP, minP }: ChoiceParameters): boolean {
  const divided = values.map((logit) => logit / temperature).sort((one, other) => other - one)
  if (new Set(divided).size < divided.length) return true
  const weights = [...divided.slice(0, topK > 0 ? topK : divided.length)].map((logit) => Math.exp(logit - divided[0]!))
  const mass = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  return weights.some((weight) => {
    sum += weight
    return (topP < 1 && Math.abs(sum / mass - topP) < 1e-5) || (minP > 0 && Math.abs(weight / minP - 1) < 1e-5)
  })
}

function stagesOf({ temperature, topK, topP, minP }: ChoiceParameters): SamplerStage[] {
  const stages: SamplerStage[] = [{ kind: 'temperature', temperature }]
  if (topK > 0) stages.push({ kind: 'top-k', k: topK })
  if (topP < 1) stages.push({ kind: 'top-p', p: topP })
  if (minP > 0) stages.push({ kind: 'min-p', p: minP })
  return stages
}
