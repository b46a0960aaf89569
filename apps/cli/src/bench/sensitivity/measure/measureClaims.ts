import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { honest, honestElsewhere, lies, type Lie } from '../lies.ts'
import type { SensitivitySettings } from '../SensitivitySettings.ts'
import type { SensitivityWorld } from '../world/openSensitivityWorld.ts'
import { exactTest, tolerantTests } from './judgeClaim.ts'
import { makeClaim } from './makeClaim.ts'
import type { Measured } from './Measured.ts'
import { NodeEngines } from './NodeEngines.ts'
import { patiently } from './patiently.ts'

/** Questions that are under way at once. */
const atOnce = 8

/** What was measured before; a line that was cut off is passed over. */
function keptIn(file: string): Measured[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8').split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Measured]
    } catch {
      return []
    }
  })
}

type Wanted = { lie: Lie; number: number; question: number }

/** Answers to one question in the rest: their prompt is computed once. */
const answersEach = 4

/** What is measured, the rest of the honest answers last: a run that is broken off has something of everything. */
function order({ honest: many, thorough, lies: each }: SensitivitySettings): Wanted[] {
  const numbers = (from: number, to: number): number[] => Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
  const first = Math.min(many, thorough)
  return [
    ...numbers(0, first).map((number) => ({ lie: honest, number, question: number })),
    ...[lies, honestElsewhere].flatMap((kinds) => numbers(0, each).flatMap((number) => kinds.map((lie) => ({ lie, number, question: number })))),
    ...numbers(first, many).map((number) => ({ lie: honest, number, question: first + Math.floor((number - first) / answersEach) })),
  ]
}

export type MeasuredAnswers = { variant: string; others: string[]; answers: Measured[] }

/**
 * Has nodes of one CPU build answer, honestly and in each way of lying, and measures what the same build and others see of it. Goes on where an earlier run stopped: an
 * answer, once measured, is kept in the world's folder.
 */
export async function measureClaims(world: SensitivityWorld, settings: SensitivitySettings, onAnswer: (done: number, of: number) => void): Promise<MeasuredAnswers> {
  const { variant, otherVariants, threads, maxTokens } = settings
  const engines = new NodeEngines(world, variant, threads)
  const others = new Map(otherVariants.map((name) => [name, new NodeEngines(world, name, threads)]))
  try {
    const own = (await engines.over('declared')).info.profile.isaVariant
    const file = path.join(world.folder, `measured-${own}-${otherVariants.join('-')}-${maxTokens}.jsonl`)
    const kept = new Map(keptIn(file).map((one) => [`${one.row} ${one.number}`, one]))
    const wanted = order(settings)
    const measure = async ({ lie, number, question }: Wanted): Promise<void> => {
      const elsewhere = honestElsewhere.includes(lie)
      const thorough = !elsewhere && (lie !== honest || number < settings.thorough)
      const claim = await makeClaim(world, engines, lie, { number, question }, { maxTokens, fingerprints: thorough })
      const one: Measured = { row: lie.name, number, tokens: claim?.tokens.length ?? 0, others: {} }
      if (claim !== null) {
        const named = elsewhere ? lie.base : 'declared'
        if (thorough) one.exact = await exactTest(await engines.over(named), claim)
        for (const [name, judges] of others) if (thorough || name === otherVariants[number % otherVariants.length]) one.others[name] = await tolerantTests(await judges.over(named), claim)
      }
      appendFileSync(file, `${JSON.stringify(one)}\n`)
      kept.set(`${lie.name} ${number}`, one)
    }
    const left = wanted.filter(({ lie, number }) => !kept.has(`${lie.name} ${number}`))
    let done = wanted.length - left.length
    let next = 0
    const work = async (): Promise<void> => {
      for (let at = next++; at < left.length; at = next++) {
        await patiently(() => measure(left[at]!))
        onAnswer(++done, wanted.length)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    const answers = wanted.map(({ lie, number }) => kept.get(`${lie.name} ${number}`)!).filter(({ tokens }) => tokens > 0)
    return { variant: own, others: [...otherVariants], answers }
  } finally {
    await Promise.all([engines, ...others.values()].map((all) => all.close()))
  }
}
