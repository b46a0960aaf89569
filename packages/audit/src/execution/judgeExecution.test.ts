import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { EngineHost, type GenerateResult } from '@openledger/engine'
import { writeTinyModel } from '@openledger/engine/fixtures'
import { executionOpening, fingerprintLeaf, hashJson, InputError, keccak, nodeCommitment, OrderedTree, readExecutionOpening, samplingSeed, tokenHash, UnavailableError, utf8, zeroHash, type Hex, type Receipt, type Sampling } from '@openledger/protocol'
import { afterAll, describe, expect, it } from 'vitest'
import { judgeExecution, type AgainEngine } from './judgeExecution.ts'

const id = (text: string): Hex => keccak(utf8(text))
const [salt, clientNonce, nodeSecret] = [id('salt'), id('nonce'), id('secret')]
const profile = { engineVersion: '1', isaVariant: 'haswell', batchInvariant: true }
const baseId = id('base')
const tokensOf = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i)
const hashesOf = (tokens: readonly number[]): Hex[] => tokens.map((token) => id(String(token)))

function answered(tokens: number[], change: Partial<Sampling> = {}, said: object = profile, logits = hashesOf(tokens)) {
  const promptTokens = [1, 2]
  const requestHash = tokenHash(salt, promptTokens)
  const sampling: Sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: 64, stop: [], seed: samplingSeed(clientNonce, nodeCommitment(nodeSecret), requestHash), ...change }
  const receipt = { baseId, adapterId: zeroHash, requestHash, outputHash: tokenHash(salt, tokens), samplingHash: hashJson(sampling), profileHash: hashJson(said as never), fingerprintRoot: new OrderedTree(logits.map(fingerprintLeaf)).root } as unknown as Receipt
  const opening = executionOpening({ request: { salt, messages: '', promptTokens, sampling, clientNonce, nodeSecret }, answer: { text: '', tokens, logitsHashes: [], finishReason: 'stop' }, profile: said as never })
  return { receipt, opening }
}

/** An engine that says what it is told to. */
function engineOf(result: Partial<GenerateResult> | Error, own: object = profile): AgainEngine {
  const whole = { tokens: [], text: '', logprobs: [], top: [], logitsHashes: [], finishReason: 'stop' as const, promptTokens: 2 }
  const generate = () => (result instanceof Error ? Promise.reject(result) : Promise.resolve({ ...whole, ...result }))
  return { host: { generate, detokenize: () => Promise.resolve('') }, info: { id: baseId, profileHash: hashJson(own as never), profile: own } }
}
const said = ({ receipt, opening }: ReturnType<typeof answered>) => [receipt, opening] as const
const judge = async (answer: ReturnType<typeof answered>, engine: AgainEngine) => (await judgeExecution(answer.receipt, answer.opening, engine)).verdict

describe('judgeExecution within a profile', () => {
  const tokens = tokensOf(4)
  const same = { tokens, logitsHashes: hashesOf(tokens) }

  it('calls right what comes out the same, and wrong another token, another length, or other logits', async () => {
    expect(await judge(answered(tokens), engineOf(same))).toBe('right')
    expect(await judge(answered([0, 1, 9, 3]), engineOf(same))).toBe('wrong')
    expect(await judge(answered([0, 1]), engineOf(same))).toBe('wrong')
    expect(await judge(answered(tokens, {}, profile, hashesOf([0, 1, 2, 4])), engineOf(same))).toBe('wrong')
  })

  it('calls wrong a seed that was chosen, and parameters that no engine takes', async () => {
    expect(await judge(answered(tokens, { seed: id('chosen') }), engineOf(same))).toBe('wrong')
    expect(await judge(answered(tokens), engineOf(new InputError('CONTEXT_OVERFLOW', 'too long')))).toBe('wrong')
  })

  it('says nothing with another base, of a profile that promises no bits, or when the engine fails', async () => {
    expect(await judge(answered(tokens), { ...engineOf(same), info: { ...engineOf(same).info, id: id('other') } })).toBeNull()
    const loose = { ...profile, batchInvariant: false }
    expect(await judge(answered([9], {}, loose), engineOf(same, loose))).toBeNull()
    await expect(judge(answered(tokens), engineOf(new UnavailableError('OVERLOADED', 'busy')))).rejects.toMatchObject({ code: 'OVERLOADED' })
  })
})

describe('judgeExecution under another instruction set', () => {
  const other = { ...profile, isaVariant: 'sse42' }
  const tokens = tokensOf(64)
  const compared = (margins: readonly number[], change: Partial<Sampling> = {}) => judge(answered(tokens, change), engineOf({ tokens, margins: [...margins, ...tokensOf(64 - margins.length).map(() => 0)] }, other))

  it('calls answers right or wrong by how far the margins of their tokens run ahead, and says nothing between', async () => {
    const honest = [0, 0, 0.03, 0, 0, 0.05, 0, 0.02]
    expect([await compared([]), await compared(honest), await compared([0.1]), await compared([0.17]), await compared([0, 0, 12])]).toEqual(['right', 'right', null, 'wrong', 'wrong'])
    // The same sum says nothing where it is spread over so many tokens as honest machines take for it, and much where it comes at once.
    expect(await compared(tokens.map(() => 0.0115))).toBe(null)
    expect(await compared(tokens.map(() => 0.015))).toBe('wrong')
    expect(await compared([0.2, 0.2], { temperature: 0.7 })).toBe('wrong')
  })

  it('says nothing of constrained answers, and of profiles that differ in more; of short ones only that they are wrong', async () => {
    expect(await compared([5], { jsonSchema: '{}' })).toBeNull()
    const short = (margin: number) => judge(answered([1, 2]), engineOf({ tokens: [1, 2], margins: [0, margin] }, other))
    expect([await short(0), await short(3)]).toEqual([null, 'wrong'])
    expect(await judge(answered(tokens), engineOf({ tokens, margins: tokens }, { ...other, engineVersion: '2' }))).toBeNull()
    expect(await judge(answered(tokens), engineOf({ tokens }, other))).toBeNull()
  })

  it('calls wrong what goes on after a stop string', async () => {
    expect(await judge(answered(tokens), engineOf({ tokens: tokensOf(10), margins: tokensOf(10).map(() => 0) }, other))).toBe('wrong')
  })
})

describe.skipIf(process.arch !== 'x64')('judgeExecution on two instruction sets', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'openledger-judge-'))
  const hosts = ['sse42', 'haswell'].map((variant) => new EngineHost({ variant, threads: 1, slots: 1 }))
  afterAll(async () => {
    await Promise.all(hosts.map((host) => host.close()))
    rmSync(folder, { recursive: true })
  })

  it('finds no fault with what the other computed, and finds what it did not', async () => {
    const modelPath = path.join(folder, 'tiny.gguf')
    writeTinyModel(modelPath, { type: 'Q8_0' })
    const [first, second] = hosts as [EngineHost, EngineHost]
    const [one, two] = [await first.loadModel(modelPath), await second.loadModel(modelPath)]
    expect(one.profileHash).not.toBe(two.profileHash)
    const info = { id: baseId, profileHash: two.profileHash, profile: two.profile }
    for (const temperature of [0, 1]) {
      const asked = answered([0], { temperature }, one.profile)
      const { sampling } = readExecutionOpening(asked.receipt, asked.opening)
      const { tokens } = await first.generate({ adapterId: null, promptTokens: [1, 2], sampling })
      const honestly = await judgeExecution(...said(answered(tokens, { temperature }, one.profile)), { host: second, info })
      expect(honestly).toMatchObject({ verdict: tokens.length < 8 ? null : 'right' })
      const another = tokens.map((token, i) => (i === 1 ? token + 1 : token))
      expect(await judge(answered(another, { temperature }, one.profile), { host: second, info })).toBe('wrong')
      // What was not answered is missed like a wrong token.
      expect(await judge(answered(tokens.slice(0, 9), { temperature }, one.profile), { host: second, info })).toBe('wrong')
    }
  }, 60_000)
})
