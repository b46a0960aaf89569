import type { EngineHost } from '@openledger/engine'
import { compareAnswers } from './compareAnswers.ts'

/** A question and the answer that counts as right. */
export interface Expectation {
  question: string
  expected: string
}

/** How well a set of questions was answered. */
export interface Score {
  asked: number
  exact: number
  /** Answers that share at least 60 % of their words with the expected one (F1); exact ones count too. */
  near: number
  meanF1: number
  wrong: { question: string; answer: string; expected: string }[]
}

type AdapterId = Awaited<ReturnType<EngineHost['registerAdapter']>>

/** Asks all questions at temperature zero, as one batch, and compares the answers. */
export async function askAll(engine: EngineHost, adapterId: AdapterId | null, expectations: readonly Expectation[]): Promise<Score> {
  const sampling = { temperature: 0, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: 60, stop: [], seed: `0x${'00'.repeat(32)}` as const }
  const results = await Promise.all(
    expectations.map(async ({ question, expected }) => {
      const { tokens } = await engine.encodeChat([{ role: 'user', content: question }])
      const { text } = await engine.generate({ adapterId, promptTokens: tokens, sampling })
      return { question, answer: text, expected, ...compareAnswers(text, expected) }
    }),
  )
  return {
    asked: results.length,
    exact: results.filter((each) => each.exact).length,
    near: results.filter((each) => each.exact || each.wordF1 >= 0.6).length,
    meanF1: results.reduce((sum, each) => sum + each.wordF1, 0) / Math.max(1, results.length),
    wrong: results.filter((each) => !each.exact).map(({ question, answer, expected }) => ({ question, answer, expected })),
  }
}
