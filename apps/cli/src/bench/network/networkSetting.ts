import { smallLlama } from '../serve/material/BenchShape.ts'
import { writeBenchModel } from '../serve/material/writeBenchModel.ts'

/** What the nodes serve and what they are asked. */
export type NetworkSetting = {
  name: string
  /** Makes the base's file in a folder; absent for the base that comes with the program. */
  writeBase?: (folder: string) => string
  /** Words of a conversation. */
  words: number
  /** Tokens of an answer at most. */
  maxTokens: number
  /** Nodes killed, when the caller does not say. */
  kills: number
}

/** The base of the first run, with about 500 tokens of a conversation; and 135 million random parameters, with about 256. */
export const networkSettings: readonly NetworkSetting[] = [
  { name: 'tiny', words: 380, maxTokens: 200, kills: 50 },
  { name: smallLlama.name, writeBase: (folder) => writeBenchModel(folder, smallLlama), words: 75, maxTokens: 96, kills: 20 },
]
