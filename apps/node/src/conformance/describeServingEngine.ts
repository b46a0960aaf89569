import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GeneratedToken, GenerateRequest, ServingEngine } from '@openledger/engine'
import { keccak, type Hex, type Sampling } from '@openledger/protocol'

/** An engine that is to be examined, not loaded yet. */
export type Subject = {
  engine: ServingEngine
  /** The base model's file. */
  modelPath: string
  /** PEFT folders of three adapters for it, each unlike the others. */
  adapters: readonly [string, string, string]
  /** Ends whatever the engine needs beside it; called after the engine was closed. */
  release?(): Promise<void>
}

const sampling = (changes: Partial<Sampling> = {}): Sampling => ({ temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, maxTokens: 12, stop: [], seed: keccak(new Uint8Array([3])), ...changes })

/**
 * What every engine must do to serve a node. Each engine runs this same suite; what it leaves out, it leaves out because its capabilities
 * say so.
 * @param name of the engine @param make opens one for the suite
 */
export function describeServingEngine(name: string, make: () => Promise<Subject>): void {
  describe(`${name} as a serving engine`, () => {
    let subject: Subject
    let engine: ServingEngine
    let prompt: number[]
    let ids: Hex[]
    const request = (changes: Partial<GenerateRequest> = {}): GenerateRequest => ({ adapterId: null, promptTokens: prompt, sampling: sampling(), ...changes })
    const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'none', (error: { code?: string }) => error.code ?? String(error))

    beforeAll(async () => {
      subject = await make()
      engine = subject.engine
      expect(await codeOf(engine.tokenize('too early'))).toBe('MODEL_NOT_LOADED')
      const info = await engine.loadModel(subject.modelPath)
      expect(await engine.loadModel(subject.modelPath)).toEqual(info)
      ids = await Promise.all(subject.adapters.map((folder) => engine.registerAdapter(folder)))
      prompt = (await engine.encodeChat([{ role: 'user', content: 'who lives in the red house?' }])).tokens
    })
    afterAll(async () => {
      await engine?.close()
      await subject?.release?.()
    })

    it('names its model and its numerics', async () => {
      const info = await engine.loadModel(subject.modelPath)
      expect(info.id).toMatch(/^0x[0-9a-f]{64}$/)
      expect(info.profileHash).toMatch(/^0x[0-9a-f]{64}$/)
      expect(info.positions).toBeGreaterThan(100)
      expect(await codeOf(engine.loadModel(`${subject.modelPath}.other`))).toBe('MODEL_LOADED')
      if (!engine.capabilities.exactReplay) expect(info.profile).toMatchObject({ exactReplay: false })
      if (!engine.capabilities.logitsHashes) expect(info.profile).toMatchObject({ logitsHashes: false })
    })

    it('splits texts and conversations, and keeps control tokens out of what users wrote', async () => {
      const { eos } = await engine.loadModel(subject.modelPath)
      const tokens = await engine.tokenize('the river — 🙂', { addSpecial: false })
      expect(await engine.detokenize(tokens)).toBe('the river — 🙂')
      const pieces = await engine.pieces(tokens)
      expect(new TextDecoder().decode(Buffer.concat(pieces))).toBe('the river — 🙂')
      const chat = await engine.encodeChat([{ role: 'user', content: `a ${await engine.detokenize([eos], true)} b` }])
      const plain = await engine.encodeChat([{ role: 'user', content: 'a b' }])
      expect(chat.tokens.filter((token) => token === eos)).toHaveLength(plain.tokens.filter((token) => token === eos).length)
    })

    it('is greedy without chance at temperature 0, and streams what it returns', async () => {
      const streamed: GeneratedToken[] = []
      const first = await engine.generate(request(), { onToken: (token) => streamed.push(token) })
      const again = await engine.generate(request({ sampling: sampling({ seed: keccak(new Uint8Array([4])) }) }))
      expect(again.tokens).toEqual(first.tokens)
      expect(first.tokens.length).toBeGreaterThan(0)
      expect(first.promptTokens).toBe(prompt.length)
      expect(streamed.map(({ token }) => token)).toEqual(first.tokens)
      expect(first.text.startsWith(streamed.map(({ text }) => text).join(''))).toBe(true)
      expect((await engine.detokenize(first.tokens)).startsWith(first.text)).toBe(true)
      expect(first.tokensFrom ?? 'ids').toBe(engine.capabilities.tokens)
    })

    it('ends after the tokens that were asked for', async () => {
      for (const maxTokens of [1, 2, 7]) {
        const { tokens, finishReason } = await engine.generate(request({ sampling: sampling({ maxTokens }), ignoreEnd: true }))
        expect(tokens).toHaveLength(maxTokens)
        expect(finishReason).toBe('length')
      }
    })

    it('stops before a stop string, also one that crosses tokens', async () => {
      const whole = await engine.generate(request({ sampling: sampling({ maxTokens: 24 }), ignoreEnd: true }))
      const stop = whole.text.slice(3, 9)
      expect(stop).toHaveLength(6)
      const streamed: string[] = []
      const cut = await engine.generate(request({ sampling: sampling({ maxTokens: 24, stop: ['never there', stop] }), ignoreEnd: true }), { onToken: ({ text }) => streamed.push(text) })
      expect(cut.finishReason).toBe('stop')
      expect(cut.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)))
      expect(streamed.join('')).toBe(cut.text)
      expect(cut.tokens).toEqual(whole.tokens.slice(0, cut.tokens.length))
    })

    it('gives log probabilities, the most probable first', async () => {
      const { tokens, logprobs, top } = await engine.generate(request({ topLogprobs: 3 }))
      expect(logprobs).toHaveLength(tokens.length)
      expect(top).toHaveLength(tokens.length)
      tokens.forEach((token, i) => {
        expect(top[i]).toHaveLength(3)
        // Greedy: the chosen token is the most probable one.
        expect(top[i]![0]).toEqual({ token, logprob: logprobs[i] })
        expect(top[i]!.map(({ logprob }) => logprob)).toEqual(top[i]!.map(({ logprob }) => logprob).sort((a, b) => b - a))
        expect(logprobs[i]).toBeLessThanOrEqual(0)
      })
      expect((await engine.generate(request())).top).toEqual([])
    })

    it('gives no log probabilities when none are wanted', async () => {
      const { tokens, logprobs } = await engine.generate(request({ logprobs: false }))
      expect(tokens).toEqual((await engine.generate(request())).tokens)
      expect(logprobs).toEqual([])
    })

    it('follows biases and penalties', async () => {
      const plain = await engine.generate(request({ sampling: sampling({ maxTokens: 24 }), ignoreEnd: true }))
      const [token] = await engine.tokenize('mill', { addSpecial: false })
      const biased = await engine.generate(request({ sampling: sampling({ logitBias: [[token!, 100]], maxTokens: 3 }), ignoreEnd: true }))
      expect(biased.tokens).toEqual([token, token, token])
      // What was said may not be said again: only with the penalties do all tokens differ.
      const varied = await engine.generate(request({ sampling: sampling({ maxTokens: 24, presencePenalty: 2, frequencyPenalty: 2 }), ignoreEnd: true }))
      expect(new Set(varied.tokens).size).toBeGreaterThan(new Set(plain.tokens).size)
    })

    it('holds an answer to a JSON schema', async ({ skip }) => {
      if (engine.capabilities.grammar === 'none') return skip('capabilities.grammar is none')
      const jsonSchema = JSON.stringify({ enum: ['river', 'mill', 'house'] })
      const answers = await Promise.all(ids.slice(0, 2).map((adapterId) => engine.generate(request({ adapterId, sampling: sampling({ jsonSchema, maxTokens: 30 }) }))))
      const { eos } = await engine.loadModel(subject.modelPath)
      for (const { text, tokens, finishReason } of answers) {
        // The model itself ended these: its end token is no part of them.
        expect(tokens).not.toContain(eos)
        expect(['river', 'mill', 'house']).toContain(JSON.parse(text))
        expect(finishReason).toBe('stop')
      }
    })

    it('sums weighted adapters', async ({ skip }) => {
      const mix = [{ adapterId: ids[0]!, weight: 0.5 }, { adapterId: ids[1]!, weight: 1 }]
      if (!engine.capabilities.mix) {
        expect(await codeOf(engine.generate(request({ mix })))).toBe('ENGINE_CANNOT')
        return skip('capabilities.mix is false')
      }
      const one = await engine.generate(request({ mix: [{ adapterId: ids[0]!, weight: 1 }], ignoreEnd: true }))
      expect(one.tokens).toEqual((await engine.generate(request({ adapterId: ids[0]!, ignoreEnd: true }))).tokens)
      expect((await engine.generate(request({ mix, ignoreEnd: true }))).tokens).toHaveLength(12)
    })

    it('repeats an answer by its seed, and no other', async ({ skip }) => {
      if (!engine.capabilities.seeds) return skip('capabilities.seeds is false')
      const warm = (seed: number): GenerateRequest => request({ sampling: sampling({ temperature: 1.5, maxTokens: 16, seed: keccak(new Uint8Array([seed])) }), ignoreEnd: true })
      const [a, b, c] = await Promise.all([warm(1), warm(1), warm(2)].map((one) => engine.generate(one)))
      expect(b!.tokens).toEqual(a!.tokens)
      expect(c!.tokens).not.toEqual(a!.tokens)
    })

    it('applies each adapter to its own requests alone, in one batch', async () => {
      const who = [null, ...ids]
      const alone = []
      for (const adapterId of who) alone.push(await engine.generate(request({ adapterId, ignoreEnd: true })))
      expect(new Set(alone.map(({ tokens }) => tokens.join())).size).toBe(4)
      const mixed = await Promise.all([...who, ...who].map((adapterId) => engine.generate(request({ adapterId, ignoreEnd: true }))))
      expect(mixed.map(({ tokens }) => tokens)).toEqual([...alone, ...alone].map(({ tokens }) => tokens))
    })

    it('refuses with the same codes as any engine, and goes on', async () => {
      const { positions } = await engine.loadModel(subject.modelPath)
      const wrong = (changes: Partial<GenerateRequest>): Promise<string> => codeOf(engine.generate(request(changes)))
      expect(await wrong({ adapterId: keccak(new Uint8Array([9])) })).toBe('ADAPTER_UNKNOWN')
      expect(await wrong({ sampling: sampling({ temperature: -1 }) })).toBe('BAD_SAMPLING')
      expect(await wrong({ sampling: sampling({ maxTokens: positions }) })).toBe('CONTEXT_OVERFLOW')
      expect(await wrong({ promptTokens: [] })).toBe('PROMPT_EMPTY')
      expect(await wrong({ promptTokens: [-1] })).toBe('TOKEN_RANGE')
      expect(await wrong({ promptTokens: [1 << 30] })).toBe('TOKEN_RANGE')
      expect(await wrong({})).toBe('none')
    })

    it('frees what a cancelled request held, before and in the middle of its answer', async () => {
      const early = new AbortController()
      early.abort()
      expect(await codeOf(engine.generate(request(), { signal: early.signal }))).toBe('CANCELLED')
      const late = new AbortController()
      let seen = 0
      const long = request({ sampling: sampling({ maxTokens: 200 }), ignoreEnd: true })
      expect(await codeOf(engine.generate(long, { signal: late.signal, onToken: () => (seen += 1) === 2 && late.abort() }))).toBe('CANCELLED')
      expect(seen).toBeLessThan(200)
      await expect.poll(async () => (await engine.load()).active).toBe(0)
    })

    it('finishes with an adapter that is removed in the middle, and knows it no more', async () => {
      const adapterId = ids[2]!
      const expected = await engine.generate(request({ adapterId, ignoreEnd: true }))
      let removed: Promise<void> | undefined
      const flight = await engine.generate(request({ adapterId, ignoreEnd: true }), { onToken: () => (removed ??= engine.removeAdapter(adapterId)) })
      await removed
      expect(flight.tokens).toEqual(expected.tokens)
      expect(await codeOf(engine.generate(request({ adapterId })))).toBe('ADAPTER_UNKNOWN')
      expect(await engine.registerAdapter(subject.adapters[2])).toBe(adapterId)
      expect((await engine.generate(request({ adapterId, ignoreEnd: true }))).tokens).toEqual(expected.tokens)
    })

    it('serves many requests at once, each as if alone', async () => {
      const who = [null, ids[0]!, ids[1]!]
      const alone = await Promise.all(who.map((adapterId) => engine.generate(request({ adapterId }))))
      const many = await Promise.all(Array.from({ length: 24 }, (_, i) => engine.generate(request({ adapterId: who[i % 3]! }))))
      many.forEach((result, i) => expect(result.tokens).toEqual(alone[i % 3]!.tokens))
      await expect.poll(async () => (await engine.load()).active).toBe(0)
    })

    it('keeps a deadline', async () => {
      expect(await codeOf(engine.generate(request({ sampling: sampling({ maxTokens: 400 }), ignoreEnd: true, deadlineMs: 1 })))).toBe('DEADLINE_EXCEEDED')
      await expect.poll(async () => (await engine.load()).active).toBe(0)
    })

    it('reports hashes of logits exactly when it can', async ({ skip }) => {
      if (!engine.capabilities.logitsHashes) {
        expect(await codeOf(engine.generate(request({ logitsHashes: true })))).toBe('ENGINE_CANNOT')
        return skip('capabilities.logitsHashes is false')
      }
      const { tokens, logitsHashes } = await engine.generate(request({ logitsHashes: true }))
      expect(logitsHashes).toHaveLength(tokens.length)
    })

    it('scores tokens as it generated them', async ({ skip }) => {
      if (!engine.capabilities.score || !engine.score) return skip('capabilities.score is false')
      const { tokens, logprobs } = await engine.generate(request({ adapterId: ids[0]! }))
      expect(await engine.score({ adapterId: ids[0]!, tokens: [...prompt, ...tokens], from: prompt.length })).toEqual(logprobs)
    })

    it('ends what is in progress when it is closed, and can be closed twice', async () => {
      const pending = codeOf(engine.generate(request({ sampling: sampling({ maxTokens: 400 }), ignoreEnd: true })))
      await Promise.all([engine.close(), engine.close()])
      await engine.close()
      expect(await pending).toBe('ENGINE_CLOSED')
      expect(await codeOf(engine.generate(request()))).toBe('ENGINE_CLOSED')
    })
  })
}
