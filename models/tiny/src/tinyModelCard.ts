import type { ModelShape } from '@openledger/engine'
import { readFileSync } from 'node:fs'

/** What `card.json` says about the model: how it was made, on what, and what was measured. */
export interface TinyModelCard {
  name: string
  license: string
  file: string
  bytes: number
  sha256: string
  parameters: number
  shape: ModelShape
  data: { description: string; documents: string; tokens: number; worldSeed: number; trainingSeed: number; evaluationSeed: number }
  training: { steps: number; tokensPerStep: number; finalLoss: number; evaluationLoss: number; hours: number; hardware: string; command: string }
  evaluation: Record<string, number | string>
}

/** Reads the model's machine-readable card. */
export function tinyModelCard(): TinyModelCard {
  return JSON.parse(readFileSync(new URL('../card.json', import.meta.url), 'utf8')) as TinyModelCard
}
