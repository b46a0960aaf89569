import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, describe, expect, it } from 'vitest'
import { keccak, type Sampling } from '@openledger/protocol'
import { Backend, loadGgml } from '@openledger/tensor'
import { writePeftFolder } from '../adapter/peftFolder.ts'
import { randomAdapter } from '../fixtures/randomAdapter.ts'
import { writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { loadModel } from '../model/loadModel.ts'
import { leaveOneOut } from '../training/index.ts'
import { EngineHost } from './EngineHost.ts'

const folder = mkdtempSync(join(tmpdir(), 'openledger-host-'))
const path = join(folder, 'tiny.gguf')
writeTinyModel(path, { type: 'Q8_0' })
const backend = new Backend(loadGgml(), 1)
const model = loadModel(path, backend)
const adapter = randomAdapter(model)
writePeftFolder(join(folder, 'adapter'), adapter, model)
const { id: modelId } = model
model.dispose()
backend.dispose()

const host = new EngineHost({ threads: 1, positions: 256 })
afterAll(async () => {
  await host.close()
  rmSync(folder, { recursive: true })
})

const sampling = (changes: Partial<Sampling> = {}): Sampling => ({ temperature: 0.8, topK: 40, topP: 0.95, minP: 0, repetitionPenalty: 1, maxTokens: 16, stop: [], seed: keccak(new Uint8Array([1])), ...changes })

describe('EngineHost', () => {
  it('refuses work before a model is there, and files that are none', async () => {
    await expect(host.tokenize('x')).rejects.toMatchObject({ code: 'MODEL_NOT_LOADED' })
    const broken = join(folder, 'broken.gguf')
    writeFileSync(broken, 'not a model')
    await expect(host.loadModel(broken)).rejects.toMatchObject({ code: 'GGUF_MAGIC', status: 400 })
  })

  it('loads, encodes chats, generates with an adapter in a thread, and keeps the caller responsive', async () => {
    const info = await host.loadModel(path)
    expect(info.id).toBe(modelId)
    expect(info.profile).toMatchObject({ weightHash: info.commitment.weightHash, kvType: 'F32' })
    const adapterId = await host.registerAdapter(join(folder, 'adapter'))
    expect(adapterId).toBe(adapter.id)
    const { tokens, text } = await host.encodeChat([{ role: 'user', content: 'who lives there? <|im_end|>' }])
    expect(text).toBe('<|im_start|>user\nwho lives there? <|im_end|><|im_end|>\n<|im_start|>assistant\n')
    expect(tokens[0]).toBe(info.bos)
    // The control token that the user typed stays text: only the template's own two end and one start remain.
    expect(tokens.filter((token) => token === info.eos)).toHaveLength(1)

    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const streams = Array.from({ length: 6 }, () => [] as number[])
    const results = await Promise.all(
      streams.map((stream, index) =>
        host.generate({ adapterId: index % 2 ? adapterId : null, promptTokens: tokens, sampling: sampling({ maxTokens: 60 }) }, { onToken: ({ token }) => stream.push(token) }),
      ),
    )
    delay.disable()
    expect(delay.percentile(50) / 1e6).toBeLessThan(50)
    results.forEach((result, index) => {
      expect(result.tokens).toEqual(streams[index])
      expect(result).toEqual(results[index % 2])
    })
    const load = await host.load()
    expect(load).toMatchObject({ active: 0, waiting: 0, adapters: 1 })
    expect(load.steps).toBeLessThan(140)
    expect(await host.score({ adapterId, tokens: [...tokens, ...results[1]!.tokens], from: tokens.length })).toEqual(results[1]!.logprobs)
    expect(await host.detokenize(results[1]!.tokens)).toBe(results[1]!.text)
    const embedding = await host.embed(tokens, { pooling: 'last' })
    expect([embedding.length, embedding instanceof Float32Array]).toEqual([info.config.width, true])
    expect(load.detail).toMatchObject({ finished: 6, waitingByPriority: { normal: 0 }, prefix: { hits: 4 } })
    const impatient = host.generate({ adapterId: null, promptTokens: tokens, sampling: sampling(), firstTokenMs: 1e-6 })
    await expect(impatient).rejects.toMatchObject({ code: 'OVERLOADED', status: 429, action: 'retry', retryAfterMs: 100 })
  })

  it('cancels by signal', async () => {
    const controller = new AbortController()
    const promise = host.generate({ adapterId: null, promptTokens: [1, 2, 3], sampling: sampling({ maxTokens: 200 }) }, { onToken: () => controller.abort(), signal: controller.signal })
    await expect(promise).rejects.toMatchObject({ code: 'CANCELLED' })
    expect((await host.load()).active).toBe(0)
  })

  it('refuses an adapter folder that changed, with its code and advice', async () => {
    const copy = join(folder, 'copy')
    cpSync(join(folder, 'adapter'), copy, { recursive: true })
    writeFileSync(join(copy, 'adapter_config.json'), '{"peft_type":"LORA","r":0}')
    await expect(host.registerAdapter(copy)).rejects.toMatchObject({ code: 'ADAPTER_CONFIG', field: 'r' })
  })

  it('trains in a second host, and answers with the trained adapter in the first', async () => {
    const trainer = new EngineHost({ threads: 1 })
    const info = await trainer.loadModel(path)
    const examples = ['the river', 'the mill', 'the red house'].map((text, group) => ({ text, group }))
    const prompt = await trainer.tokenize('who?')
    const encoded = await Promise.all(examples.map(async ({ text, group }) => ({ tokens: [...prompt, ...(await trainer.tokenize(text, { addSpecial: false })), info.eos], supervisedFrom: prompt.length, group })))
    const steps: number[] = []
    const result = await trainer.train(
      { examples: encoded, recipe: { rank: 2, epochs: 4 }, outputFolder: join(folder, 'trained') },
      { onProgress: ({ step }) => steps.push(step) },
    )
    expect(steps.length).toBe(result.steps)
    expect(result.lossFinal).toBeLessThan(result.lossBase)
    expect(await trainer.registerAdapter(result.folder)).toBe(result.adapterId)
    const coalitions = leaveOneOut(3)
    const counterfactual = { examples: encoded, recipe: { rank: 2, epochs: 4 }, coalitions, outputFolder: join(folder, 'together') }
    const together = await trainer.trainTogether(counterfactual)
    expect([together.adapterId, together.adapters.length]).toEqual([result.adapterId, 4])
    await expect(trainer.trainTogether({ ...counterfactual, coalitions: coalitions.slice(1) })).rejects.toMatchObject({ code: 'COALITION_MISSING' })
    const { loss, lossBase, baseProbabilities } = await trainer.answerGradient(result.adapterId, encoded[0]!.tokens, prompt.length)
    await trainer.close()

    expect(await host.registerAdapter(result.folder)).toBe(result.adapterId)
    const mean = (values: number[]): number => -values.reduce((sum, value) => sum + value, 0) / values.length
    const request = { tokens: encoded[0]!.tokens, from: prompt.length }
    // Served from quantised weights, which rounds activations to 8 bits; measured without that.
    expect(Math.abs(mean(await host.score({ ...request, adapterId: result.adapterId })) - loss)).toBeLessThan(0.03)
    const scored = await host.score({ ...request, adapterId: null })
    expect(Math.abs(mean(scored) - lossBase)).toBeLessThan(0.03)
    expect(baseProbabilities.length).toBe(scored.length)
    scored.forEach((value, i) => expect(Math.abs(Math.log(baseProbabilities[i]!) - value)).toBeLessThan(0.1))
    expect(loss).toBeLessThan(lossBase)
  })

  it('fails pending calls when it is closed, and can be closed twice', async () => {
    const second = new EngineHost({ threads: 1, positions: 256 })
    await second.loadModel(path)
    const pending = second.generate({ adapterId: null, promptTokens: [1, 2], sampling: sampling({ maxTokens: 200 }) })
    const outcome = expect(pending).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
    await second.close()
    await second.close()
    await outcome
    await expect(second.load()).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
  })
})
