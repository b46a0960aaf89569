import { availableParallelism } from 'node:os'
import { smallLlama, tinyLlama } from './material/BenchShape.ts'
import type { BenchSettings } from './scenarios/BenchContext.ts'

const full: BenchSettings = {
  shape: smallLlama,
  threads: Math.min(2, availableParallelism()),
  clients: 32,
  rounds: 5,
  seconds: 20,
  minutes: 30,
  adapters: 1000,
  promptTokens: 32,
  answerTokens: 64,
  alpha: 1,
  cv: 1,
  firstTokenMs: 2000,
  kvType: 'F16',
  extraBuffers: 'auto',
  seed: 42,
}

/** A few seconds over a tiny model: shows that everything runs. */
const quick: BenchSettings = { ...full, shape: tinyLlama, threads: 1, clients: 4, rounds: 1, seconds: 0.5, minutes: 0.02, adapters: 12, promptTokens: 8, answerTokens: 8, firstTokenMs: 200 }

/** The bench's settings: the defaults, those of a quick run, or either with what the caller names. */
export function settingsOf(given: Partial<BenchSettings> & { quick?: boolean }): BenchSettings {
  const { quick: isQuick = false, ...named } = given
  const known = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
  return { ...(isQuick ? quick : full), ...known }
}
