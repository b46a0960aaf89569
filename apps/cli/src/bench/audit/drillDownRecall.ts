import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { drillDownCandidates, HashTable, snapshotCorpus } from '@openledger/attribution'
import type { EngineHost, ModelInfo, TrainingExample } from '@openledger/engine'
import type { ScenarioResult } from '../serve/report/ScenarioResult.ts'
import type { AuditWorld } from './AuditWorld.ts'
import { answersFolder, type KeptAnswer } from './makeAnswers.ts'

/** Candidates at which the recall is read. */
const candidateCounts = [5, 8, 16, 32, drillDownCandidates]
const wanted = 5

/** One answer: the records by their fingerprints, and by the dot products of the gradients themselves. */
type Ranked = { number: number; byHash: number[]; byDot: number[]; asked: number }

const order = (count: number, key: (place: number) => number): number[] => Array.from({ length: count }, (_, i) => i).sort((a, b) => key(a) - key(b) || a - b)

/** Ranks all records for answers in both ways; goes on where an earlier run stopped. */
async function rankRecords(host: EngineHost, info: ModelInfo, world: AuditWorld, answers: readonly KeptAnswer[], file: string, onAnswer: (done: number) => void): Promise<Ranked[]> {
  const tokenizer = {
    endOfTurn: info.eos,
    tokenize: (text: string) => host.tokenize(text, { addSpecial: false }),
    encodeChat: (messages: readonly { role: string; content: string }[], open: boolean) => host.encodeChat(messages, open),
  }
  const known = new Map((existsSync(file) ? readFileSync(file, 'utf8') : '').split('\n').flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Ranked] : [])).map((r) => [r.number, r]))
  const { examples } = await snapshotCorpus(world.records, tokenizer, 257)
  const hashes = new HashTable((await host.fingerprints(examples)).map(({ simhash }) => simhash))
  const out: Ranked[] = []
  for (const { number, prompt, answer } of answers) {
    let one = known.get(number)
    if (one === undefined) {
      const query: TrainingExample = { tokens: [...prompt, ...answer], supervisedFrom: prompt.length, group: 0 }
      const [own] = await host.fingerprints([query])
      const distances = hashes.distances(own!.simhash)
      const { dots } = await host.gradientDots(query, examples)
      one = { number, byHash: order(examples.length, (k) => distances[k]!), byDot: order(examples.length, (k) => -dots[k]!), asked: (number * 7) % world.records.length }
      appendFileSync(file, `${JSON.stringify(one)}\n`)
    }
    out.push(one)
    onAnswer(out.length)
  }
  return out
}

/** How many of the records that the gradients name first stand among the candidates that fingerprints give. */
export async function drillDownRecall(host: EngineHost, info: ModelInfo, world: AuditWorld, answers: readonly KeptAnswer[], place: { work: string; variant: string }, onAnswer: (done: number) => void): Promise<ScenarioResult> {
  const ranked = await rankRecords(host, info, world, answers, path.join(answersFolder(place.work, world, place.variant), 'ranked.jsonl'), onAnswer)
  const mean = (of: (r: Ranked) => number): number => ranked.reduce((sum, r) => sum + of(r), 0) / ranked.length
  const recall = (k: number): number => mean(({ byHash, byDot }) => byDot.slice(0, wanted).filter((p) => byHash.slice(0, k).includes(p)).length / wanted)
  const within = (list: 'byHash' | 'byDot', k: number): number => mean((r) => (r[list].slice(0, k).includes(r.asked) ? 1 : 0))
  const figure = (name: string, value: number): ScenarioResult['figures'][number] => ({ name, unit: '', values: [value] })
  return {
    scenario: 'records',
    about: 'which records shaped an answer: fingerprints of 1 KiB against the gradients themselves',
    workload: { answers: ranked.length, records: world.records.length, 'exact first': wanted },
    figures: [
      ...candidateCounts.filter((k) => k < world.records.length).map((k) => figure(`recall of the exact first ${wanted} among ${k} candidates`, recall(k))),
      figure('the record that was asked about is first, by gradients', within('byDot', 1)),
      figure('and among the first five', within('byDot', 5)),
      figure('the record that was asked about is first, by fingerprints', within('byHash', 1)),
      figure('and among the first five, by fingerprints', within('byHash', 5)),
    ],
    checks: [{ name: `recall of the exact first ${wanted} among ${drillDownCandidates} candidates`, value: recall(drillDownCandidates), unit: '', atLeast: 0.9 }],
    remarks: [],
  }
}
