import { UnsupportedFunctionalityError, type LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { describe, expect, it } from 'vitest'
import { toRequest } from './toRequest.ts'

const prompt: LanguageModelV3CallOptions['prompt'] = [
  { role: 'system', content: 'be brief' },
  { role: 'user', content: [{ type: 'text', text: 'who lives ' }, { type: 'text', text: 'there?' }] },
]
const request = (call: Partial<LanguageModelV3CallOptions> = {}) => toRequest('tiny', { prompt, ...call })
const features = (call: Partial<LanguageModelV3CallOptions>): string[] => request(call).warnings.map((w) => (w.type === 'other' ? w.message : w.feature))

describe('toRequest', () => {
  it('names every setting as the node does, and leaves out what is not set', () => {
    const { body, warnings } = request({
      ...{ maxOutputTokens: 9, temperature: 0.5, topP: 0.9, topK: 3, presencePenalty: 1, frequencyPenalty: -1, stopSequences: ['.'], seed: 7 },
      providerOptions: { openledger: { minP: 0.1, repetitionPenalty: 1.1, logitBias: { 5: -100 }, priority: 'low', deadlineMs: 500, firstTokenMs: 100, clientNonce: '0x1', nodeCommitment: '0x2' } },
    })
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      ...{ model: 'tiny', messages: [{ role: 'system', content: 'be brief' }, { role: 'user', content: 'who lives there?' }] },
      ...{ max_tokens: 9, temperature: 0.5, top_p: 0.9, top_k: 3, presence_penalty: 1, frequency_penalty: -1, stop: ['.'], seed: 7 },
      ...{ min_p: 0.1, repetition_penalty: 1.1, logit_bias: { 5: -100 } },
      openledger: { priority: 'low', deadline_ms: 500, first_token_ms: 100, client_nonce: '0x1', node_commitment: '0x2' },
    })
    expect(warnings).toEqual([])
    expect(Object.keys(JSON.parse(JSON.stringify(request().body)) as object)).toEqual(['model', 'messages'])
    expect(request({ providerOptions: { openledger: { attributionMs: 3 } } }).attributionMs).toBe(3)
  })

  it('asks for JSON with and without a schema', () => {
    expect(request({ responseFormat: { type: 'text' } }).body.response_format).toBeUndefined()
    expect(request({ responseFormat: { type: 'json' } }).body.response_format).toEqual({ type: 'json_object' })
    const schema = { type: 'object' as const, properties: {} }
    expect(request({ responseFormat: { type: 'json', schema, name: 'house' } }).body.response_format).toEqual({ type: 'json_schema', json_schema: { name: 'house', schema, strict: true } })
  })

  it('warns of each setting that it cannot follow', () => {
    const tools = [{ type: 'function' as const, name: 'f', inputSchema: {} }]
    expect(features({ tools, toolChoice: { type: 'auto' } })).toEqual(['tools'])
    expect(features({ tools, toolChoice: { type: 'tool', toolName: 'f' } })).toEqual(['tools', 'toolChoice'])
    const many = request({ stopSequences: ['1', '2', '3', '4', '5'] })
    expect(many.warnings).toHaveLength(1)
    expect(many.body.stop).toEqual(['1', '2', '3', '4'])
    expect(features({ providerOptions: { openledger: { minp: 1 }, other: { x: 1 } } })).toEqual(['providerOptions.openledger.minp'])
    const thought = request({ prompt: [{ role: 'assistant', content: [{ type: 'reasoning', text: 'hm' }, { type: 'text', text: 'yes' }] }] })
    expect(thought.body.messages).toEqual([{ role: 'assistant', content: 'yes' }])
    expect(thought.warnings).toMatchObject([{ type: 'unsupported', feature: 'reasoning' }])
  })

  it('refuses prompts that are not text', () => {
    const file = { type: 'file' as const, mediaType: 'image/png', data: new Uint8Array() }
    expect(() => request({ prompt: [{ role: 'user', content: [file] }] })).toThrow(UnsupportedFunctionalityError)
    expect(() => request({ prompt: [{ role: 'assistant', content: [{ type: 'tool-call', toolCallId: '1', toolName: 'f', input: {} }] }] })).toThrow(UnsupportedFunctionalityError)
    expect(() => request({ prompt: [{ role: 'tool', content: [] }] })).toThrow(UnsupportedFunctionalityError)
  })
})
