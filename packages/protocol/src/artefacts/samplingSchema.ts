import { z } from 'zod'
import { hash32 } from './fields.ts'

/** The sampling parameters that an answer depends on; hashed into the receipt as `samplingHash`. */
export const samplingSchema = z.strictObject({
  temperature: z.number().min(0).max(2),
  topP: z.number().gt(0).max(1),
  topK: z.int().min(0).max(100_000),
  minP: z.number().min(0).max(1),
  repetitionPenalty: z.number().min(1).max(2),
  maxTokens: z.int().min(1).max(131_072),
  stop: z.array(z.string().min(1).max(64)).max(4),
  seed: hash32,
})

export type Sampling = z.infer<typeof samplingSchema>
