import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { answerEvidence, buildAttribution, encodeQueryVector, readAttribution, SpanFinder, type AttributionDocument } from '@openledger/attribution'
import type { EngineHost } from '@openledger/engine'
import { keccak, tokenHash, utf8, type Hex } from '@openledger/protocol'
import type { AuditBenchSettings } from './AuditBenchSettings.ts'
import type { AuditWorld } from './AuditWorld.ts'

/** One attributed answer, as its receipt's holder has it. */
export type KeptAnswer = { number: number; prompt: number[]; answer: number[]; document: AttributionDocument }

/** Where the answers of one CPU build lie. */
export const answersFolder = (work: string, world: AuditWorld, variant: string): string => path.join(work, `answers-${world.adapterId.slice(2, 10)}-${variant}`)
export const queryFile = (folder: string, number: number): string => path.join(folder, `${number}.query`)

/** Reads kept answers; a line that was cut off is passed over. */
function keptIn(file: string): KeptAnswer[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8').split('\n').flatMap((line) => {
    try {
      const kept = JSON.parse(line) as KeptAnswer
      return [{ ...kept, document: readAttribution(kept.document) }]
    } catch {
      return []
    }
  })
}

/**
 * Answers the records' questions and attributes every answer; goes on where an earlier run stopped. Each answer is sampled with a seed of its
 * own, so that the same question gives different ones.
 */
export async function makeAnswers(host: EngineHost, world: AuditWorld, settings: AuditBenchSettings, variant: string, onAnswer: (done: number) => void): Promise<KeptAnswer[]> {
  const folder = answersFolder(settings.work, world, variant)
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, 'answers.jsonl')
  const kept = keptIn(file)
  const finder = new SpanFinder(world.index)
  for (let number = (kept.at(-1)?.number ?? -1) + 1; kept.length < settings.answers; number++) {
    const { prompt: question } = world.records[(number * 7) % world.records.length]!
    const { tokens: prompt } = await host.encodeChat([{ role: 'user', content: question }])
    const seed: Hex = keccak(utf8(`answer ${number}`))
    const sampling = { temperature: number % 2 === 0 ? 0 : 0.8, topP: 1, topK: 0, minP: 0, repetitionPenalty: 1, maxTokens: settings.maxTokens, stop: [], seed }
    const { tokens: answer } = await host.generate({ adapterId: world.adapterId, promptTokens: prompt, sampling, logprobs: false })
    if (answer.length === 0) continue
    const evidence = await answerEvidence(host, world.table, prompt, answer)
    const document = buildAttribution({ finder, table: world.table, answer, ...evidence, answerKey: tokenHash(seed, answer) })
    writeFileSync(queryFile(folder, number), encodeQueryVector(evidence.query))
    const one: KeptAnswer = { number, prompt, answer, document }
    appendFileSync(file, `${JSON.stringify(one)}\n`)
    kept.push(one)
    onAnswer(kept.length)
  }
  return kept.slice(0, settings.answers)
}
