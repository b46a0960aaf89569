import { smallLlama } from '../serve/material/BenchShape.ts'
import { writeBenchModel } from '../serve/material/writeBenchModel.ts'

/** What the nodes serve and what they are asked. */
export type NetworkSetting = {
  name: string
  /** Makes the base's file in a folder; absent for the base that comes with the program. */
  writeBase?: (folder: string) => string
  /** Words of a conversation. */
  words: number
  temperature: number
  /** Tokens of an answer at most. */
  maxTokens: number
  /** Nodes killed, when the caller does not say. */
  kills: number
}

/** The base of the first run, with about 600 tokens of a conversation, hot enough that it does not end at once; and 135 million random parameters, with about 290. */
export const networkSettings: readonly NetworkSetting[] = [
  { name: 'tiny', words: 380, temperature: 2, maxTokens: 200, kills: 50 },
  { name: smallLlama.name, writeBase: (folder) => writeBenchModel(folder, smallLlama), words: 75, temperature: 1, maxTokens: 96, kills: 20 },
]
