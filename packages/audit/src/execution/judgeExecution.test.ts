import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { EngineHost, type GenerateResult } from '@openledger/engine'
import { writeTinyModel } from '@openledger/engine/fixtures'
import { executionOpening, fingerprintLeaf, hashJson, InputError, keccak, nodeCommitment, OrderedTree, samplingSeed, tokenHash, UnavailableError, utf8, zeroHash, type Hex, type Receipt, type Sampling } from '@openledger/protocol'
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
  const compared = (differing: number, change: Partial<Sampling> = {}) => judge(answered(tokens, change), engineOf({ tokens, differing: tokensOf(differing) }, other))

  it('calls greedy answers right or wrong by how many tokens differ, and says nothing between', async () => {
    expect([await compared(0), await compared(2), await compared(3), await compared(5), await compared(6), await compared(64)]).toEqual(['right', 'right', null, null, 'wrong', 'wrong'])
  })

  it('says nothing of sampled, short or constrained answers, and of profiles that differ in more', async () => {
    expect(await compared(64, { temperature: 0.7 })).toBeNull()
    expect(await compared(64, { jsonSchema: '{}' })).toBeNull()
    expect(await judge(answered(tokensOf(31)), engineOf({ tokens: tokensOf(31), differing: tokensOf(31) }, other))).toBeNull()
    expect(await judge(answered(tokens), engineOf({ tokens, differing: tokens }, { ...other, engineVersion: '2' }))).toBeNull()
  })

  it('calls wrong what goes on after a stop string', async () => {
    expect(await judge(answered(tokens), engineOf({ tokens: tokensOf(10), differing: [10] }, other))).toBe('wrong')
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
    const { tokens } = await first.generate({ adapterId: null, promptTokens: [1, 2], sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: 64, stop: [], seed: id('x') }, ignoreEnd: true })
    const info = { id: baseId, profileHash: two.profileHash, profile: two.profile }
    const finding = await judge(answered(tokens, {}, one.profile), { host: second, info })
    expect(finding).not.toBe('wrong')
    expect(await judge(answered(tokensOf(64, 3), {}, one.profile), { host: second, info })).toBe('wrong')
  }, 60_000)
})
