import type { AdapterRecipe, EngineHost, TrainResult } from '@openledger/engine'

/** One line of a datanet's file. */
export interface DatanetRecord {
  contributor: string
  prompt: string
  completion: string
}

/** Trains an adapter on records as conversations; only the answers are learned. The adapter is written to `outputFolder`. */
export async function tuneAdapter(
  engine: EngineHost,
  records: readonly DatanetRecord[],
  recipe: Partial<AdapterRecipe>,
  outputFolder: string,
): Promise<TrainResult> {
  const contributors = [...new Set(records.map((record) => record.contributor))]
  const examples = await Promise.all(
    records.map(async ({ contributor, prompt, completion }) => {
      const asked = await engine.encodeChat([{ role: 'user', content: prompt }])
      const whole = await engine.encodeChat(
        [
          { role: 'user', content: prompt },
          { role: 'assistant', content: completion },
        ],
        false,
      )
      return { tokens: whole.tokens.slice(0, -1), supervisedFrom: asked.tokens.length, group: contributors.indexOf(contributor) }
    }),
  )
  return engine.train({ examples, recipe, outputFolder })
}
