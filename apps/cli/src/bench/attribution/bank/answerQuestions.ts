import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { adapterFromParameters, type AdapterRecipe, EngineHost, type LoraLayout, type TrainingExample, writePeftFolder } from '@openledger/engine'
import type { BankRecord } from '../settings/BankSetting.ts'
import type { BankModel } from './BankModel.ts'

const mostTokens = 24
const greedy = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: mostTokens, stop: [], seed: `0x${'00'.repeat(32)}` as const }

/** The tuned model's own greedy answers through the serving engine, as examples whose answer is supervised; the end of an answer belongs to it, so none is empty. */
export async function answerQuestions(base: BankModel, adapter: { layout: LoraLayout; weights: Float32Array }, recipe: AdapterRecipe, questions: readonly BankRecord[]): Promise<(TrainingExample & { text: string })[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'openledger-bank-'))
  const engine = new EngineHost({ threads: 1 })
  try {
    await engine.loadModel(base.path)
    writePeftFolder(folder, adapterFromParameters(adapter, recipe, base.model), base.model)
    const adapterId = await engine.registerAdapter(folder)
    return await Promise.all(
      questions.map(async ({ prompt, group }) => {
        const promptTokens = base.question(prompt)
        const { tokens, text, finishReason } = await engine.generate({ adapterId, promptTokens, sampling: greedy })
        const end = finishReason === 'stop' ? [base.model.vocabulary.eos] : []
        return { tokens: [...promptTokens, ...tokens, ...end], supervisedFrom: promptTokens.length, group, text }
      }),
    )
  } finally {
    await engine.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
