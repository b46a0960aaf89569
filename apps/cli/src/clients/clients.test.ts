import OpenAI from 'openai'
import { generateObject, generateText, streamText, APICallError } from 'ai'
import { z } from 'zod'
import { createOpenLedger, openledgerMetadata } from '@openledger/ai-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startNetwork, type StartedNetwork } from './startNetwork.ts'

const minutes = 60_000
const question = 'What is a datanet?'
let network: StartedNetwork

beforeAll(async () => {
  network = await startNetwork()
}, 10 * minutes)
afterAll(() => network?.stop())

describe('clients that people already use', () => {
  it('ai', async () => {
    const { url, apiKey, model } = network
    const openledger = createOpenLedger({ baseURL: url, apiKey, attributionMs: minutes })
    const whole = await generateText({ model: openledger(model), prompt: question, maxOutputTokens: 40 })
    console.log(whole.text, whole.sources, JSON.stringify(whole.providerMetadata), whole.warnings, whole.usage, whole.finishReason)
  }, minutes)
})
