import { RandomStream } from './RandomStream.ts'

/** The first ids of every bench vocabulary are control tokens; prompts do not use them. */
const firstPlain = 8

/** Random token ids for one request: another stream number, another prompt, so that no prefix is shared by accident. */
export function randomPrompt(length: number, vocabulary: number, seed: number, stream: number): number[] {
  const random = new RandomStream(seed ^ 0x5bd1e995, stream)
  return Array.from({ length }, () => random.integer(firstPlain, vocabulary))
}
