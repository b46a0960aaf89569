import { describe, expect, it } from 'vitest'
import { hashJson } from '../encoding/canonicalJson.ts'
import { samplingSchema } from './samplingSchema.ts'

const seed = `0x${'07'.repeat(32)}` as const
const older = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: 8, stop: [], seed }

describe('samplingSchema', () => {
  it('reads the parameters of an older receipt as they were, so that they hash as before', () => {
    const read = samplingSchema.parse(JSON.parse(JSON.stringify(older)))
    expect(read).toEqual(older)
    // The hash that the first release gave these parameters.
    expect(hashJson(read)).toBe('0xef7856ef1eed6bdd5d2c2592c7931c49b0821110f4d48816576c9c8a64dc5efd')
    expect(Object.keys(read).sort()).toEqual(['maxTokens', 'minP', 'repetitionPenalty', 'seed', 'stop', 'temperature', 'topK', 'topP'])
  })

  it('binds every new parameter', () => {
    const whole = { ...older, presencePenalty: 0.5, frequencyPenalty: -1, logitBias: [[1, -100], [7, 2.5]], jsonSchema: '{"type":"object"}' }
    const hash = hashJson(samplingSchema.parse(whole))
    for (const key of ['presencePenalty', 'frequencyPenalty', 'logitBias', 'jsonSchema'] as const) {
      const { [key]: left, ...rest } = whole
      expect(left).toBeDefined()
      expect(hashJson(samplingSchema.parse(rest))).not.toBe(hash)
    }
  })

  it.each([
    ['token ids out of order', { logitBias: [[7, 1], [1, 1]] }],
    ['a token id twice', { logitBias: [[7, 1], [7, 2]] }],
    ['a bias out of range', { logitBias: [[7, 101]] }],
    ['too many biases', { logitBias: Array.from({ length: 301 }, (_, token) => [token, 1]) }],
    ['a penalty out of range', { presencePenalty: 2.5 }],
    ['a schema that is not JSON', { jsonSchema: '{' }],
    ['a schema with spaces', { jsonSchema: '{"type": "object"}' }],
    ['a schema that normalization would change', { jsonSchema: JSON.stringify({ const: 'e\u0301' }) }],
    ['a schema that is too long', { jsonSchema: JSON.stringify({ const: 'x'.repeat(32_768) }) }],
  ])('refuses %s', (_, change) => {
    expect(samplingSchema.safeParse({ ...older, ...change }).success).toBe(false)
  })
})
