import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { methodHash, type CorpusRecord, type MethodName } from '@openledger/attribution'
import { fullAdapterRecipe, type AdapterRecipe } from '@openledger/engine'
import { attacks, honestRecords, type Attack, type OwnedRecord } from './attacks.ts'
import type { Evidence } from './Evidence.ts'
import { gainOf, type Gain, type PaidPair } from './gainOf.ts'
import { gamingBase } from './gamingBase.ts'
import { GamingEngine } from './GamingEngine.ts'
import { gamingWorld, type GamingWorld } from './gamingWorld.ts'
import { measureTraining } from './measureTraining.ts'
import { payAnswers, type PayScheme } from './payAnswers.ts'
import { sealOpenly, sealPlay } from './sealPlay.ts'

export const paySchemes: readonly PayScheme[] = ['ours', 'plain', 'gradDot', 'dataInf']

export type GamingSettings = { seeds: number[]; topics: number; factsPerTopic: number; questionsPerTopic: number; recipe: Partial<AdapterRecipe>; method: MethodName; openMethod: MethodName; holdOutOneIn: number }

/**
 * Six contributors with ten records each. The product's own method pays where copies are looked for; the network without defences is trained once,
 * with the cheaper method.
 */
export const gamingSettings: GamingSettings = {
  seeds: [1, 2, 3],
  topics: 6,
  factsPerTopic: 10,
  questionsPerTopic: 4,
  recipe: { rank: 8, alpha: 64, epochs: 40, batchSize: 20, learningRate: 3e-3, warmup: 8, epsRoot: 1e-6, maxLength: 160 },
  method: 'responses',
  openMethod: 'trajectory',
  holdOutOneIn: 16,
}

/** One attack under every scheme: `gains.ours` is judged by `target`. */
export type AttackResult = { name: string; about: string; target: number; gains: Record<PayScheme, Gain>; isMet: boolean }

export type GamingResult = {
  kind: 'openledger/bench-gaming/1'
  settings: GamingSettings
  method: { name: string; hash: string }
  baseSha256: string
  /** The attacker's mean part of the contributors' part when everybody plays honestly, per scheme. */
  honestPay: Record<PayScheme, number>
  attacks: AttackResult[]
  trainings: number
}

export type GamingInput = {
  /** Where base, measurements and their parts are kept; a run that was stopped goes on from them. */
  work: string
  settings?: GamingSettings
  /** Names of attacks; all when empty. */
  only?: readonly string[]
  signal?: AbortSignal
  onProgress?: (line: string) => void
}

/** What each topic's author would be paid, and with which attack. */
type Play = { seed: number; world: GamingWorld; attacker: number; victim: number; honest: OwnedRecord[] }

/** Plays all attacks in worlds of several seeds, and pays them by every scheme. Undefined when it was stopped. */
export async function gamingBench({ work, settings = gamingSettings, only = [], signal, onProgress = () => undefined }: GamingInput): Promise<GamingResult | undefined> {
  mkdirSync(work, { recursive: true })
  const base = await gamingBase(work, onProgress)
  const baseSha256 = createHash('sha256').update(readFileSync(base)).digest('hex')
  const engine = await GamingEngine.open(base, work)
  let trainings = 0
  const measure = async (play: Play, sealed: CorpusRecord[], method: MethodName, label: string): Promise<Evidence> => {
    // What has no weight is not trained on, and as it was committed later than what it copies, it is never the source of a span.
    const records = sealed.filter(({ weight }) => weight > 0)
    const recipe = fullAdapterRecipe({ ...settings.recipe, seed: play.seed })
    const questions = play.world.questions
    const key = hash([methodHash(method), baseSha256, recipe, questions, settings.holdOutOneIn, records])
    trainings++
    return kept(path.join(work, `evidence-${key}.json`), async () => {
      const evidence = await measureTraining({ engine, records, questions, recipe, method, holdOutOneIn: settings.holdOutOneIn })
      onProgress(`seed ${play.seed}: ${label}: ${evidence.training.seconds.toFixed(0)} s, loss ${evidence.training.loss.toFixed(3)}`)
      return evidence
    })
  }
  try {
    const chosen = attacks.filter(({ name }) => only.length === 0 || only.includes(name))
    const pairs = new Map(chosen.map((attack) => [attack, emptyPairs()]))
    const honestPays = emptyPairs()
    for (const seed of settings.seeds) {
      const play = playOf(seed, settings)
      const measureBoth = async (records: readonly OwnedRecord[], label: string): Promise<Measured> => ({
        defended: await measure(play, await sealPlay(engine, records, settings.recipe.maxLength ?? 256), settings.method, label),
        open: await measure(play, sealOpenly(records), settings.openMethod, `${label}, no defences`),
      })
      const honest = await measureBoth(play.honest, 'honest')
      for (const scheme of paySchemes) honestPays[scheme].push(...pairsOf(play, honest, honest, [play.attacker], scheme))
      for (const attack of chosen) {
        if (signal?.aborted) return undefined
        const { records, accounts } = attack.play(play)
        const attacked = await measureBoth(records, attack.name)
        for (const scheme of paySchemes) pairs.get(attack)![scheme].push(...pairsOf(play, honest, attacked, accounts, scheme))
      }
    }
    return {
      kind: 'openledger/bench-gaming/1',
      settings,
      method: { name: settings.method, hash: methodHash(settings.method) },
      baseSha256,
      honestPay: bySchemes((scheme) => honestPays[scheme].reduce((sum, { honest }) => sum + honest, 0) / honestPays[scheme].length),
      attacks: chosen.map((attack) => resultOf(attack, pairs.get(attack)!)),
      trainings,
    }
  } finally {
    await engine.close()
  }
}

function playOf(seed: number, { topics, factsPerTopic, questionsPerTopic }: GamingSettings): Play {
  const world = gamingWorld(seed, { topics, factsPerTopic, questionsPerTopic })
  return { seed, world, attacker: (3 * seed) % topics, victim: (3 * seed + 5) % topics, honest: honestRecords(world) }
}

type Measured = { defended: Evidence; open: Evidence }

function pairsOf({ seed, attacker }: Play, honest: Measured, attacked: Measured, accounts: readonly number[], scheme: PayScheme): PaidPair[] {
  const side = scheme === 'ours' ? 'defended' : 'open'
  const before = payAnswers(honest[side], scheme)
  return payAnswers(attacked[side], scheme).map((paid, q) => ({
    seed,
    honest: before[q]!.get(attacker) ?? 0,
    attack: accounts.reduce((sum, account) => sum + (paid.get(account) ?? 0), 0),
  }))
}

const bySchemes = <T>(make: (scheme: PayScheme) => T): Record<PayScheme, T> => ({ ours: make('ours'), plain: make('plain'), gradDot: make('gradDot'), dataInf: make('dataInf') })
const emptyPairs = (): Record<PayScheme, PaidPair[]> => bySchemes(() => [])

function resultOf({ name, about, target }: Attack, pairs: Record<PayScheme, PaidPair[]>): AttackResult {
  const gains = bySchemes((scheme) => gainOf(pairs[scheme]))
  return { name, about, target, gains, isMet: gains.ours.gain <= target }
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32)
}

/** What the file holds, or what `make` makes; written whole or not at all. */
async function kept(file: string, make: () => Promise<Evidence>): Promise<Evidence> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Evidence
  const made = await make()
  writeFileSync(`${file}.part`, JSON.stringify(made))
  renameSync(`${file}.part`, file)
  return made
}
