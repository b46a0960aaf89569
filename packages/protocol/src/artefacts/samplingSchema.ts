import { z } from 'zod'
import { hash32, tokenId } from './fields.ts'

/** The longest JSON Schema that an answer can be held to, in UTF-16 units. */
export const maxSchemaLength = 32_768

/** Whether a text is JSON in the form that `JSON.stringify` gives it, in NFC: what survives being written into a bundle and read again. */
function isCompactJson(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === text && text.isWellFormed() && text.normalize('NFC') === text
  } catch {
    return false
  }
}

/**
 * The sampling parameters that an answer depends on; hashed into the receipt as `samplingHash`.
 * What is optional may be left out, and is left out by the node where it changes nothing: statements of older receipts keep their hash.
 */
export const samplingSchema = z.strictObject({
  temperature: z.number().min(0).max(2),
  topP: z.number().gt(0).max(1),
  topK: z.int().min(0).max(100_000),
  minP: z.number().min(0).max(1),
  /** Over the tokens of prompt and answer; 1 changes nothing. */
  repetitionPenalty: z.number().min(1).max(2),
  /** Taken off the logit of every token that the answer holds; absent is 0. */
  presencePenalty: z.number().min(-2).max(2).optional(),
  /** Taken off the logit of a token once for each time that the answer holds it; absent is 0. */
  frequencyPenalty: z.number().min(-2).max(2).optional(),
  /** Added to logits: pairs of token id and bias, by rising token id, each once; absent is none. */
  logitBias: z
    .array(z.tuple([tokenId, z.number().min(-100).max(100)]))
    .max(300)
    .refine((pairs) => pairs.every(([token], index) => index === 0 || pairs[index - 1]![0] < token), 'expected rising token ids')
    .optional(),
  /** A JSON Schema that the answer's text is held to, as compact JSON; the order of its properties is the order in which they are written. Absent is none. */
  jsonSchema: z.string().max(maxSchemaLength).refine(isCompactJson, 'expected compact JSON in NFC').optional(),
  maxTokens: z.int().min(1).max(131_072),
  stop: z.array(z.string().min(1).max(64)).max(4),
  seed: hash32,
})

export type Sampling = z.infer<typeof samplingSchema>
