import { fail } from '@openledger/protocol'

/** One training text as token ids. */
export type TrainingExample = {
  tokens: ArrayLike<number>
  /** Index of the first token that is learned; the ones before it are the prompt. At least 1. */
  supervisedFrom: number
  /** Index of the contributor (or cluster of copies) it belongs to. */
  group: number
  /** Weight of its loss; 1 unless given. */
  weight?: number
}

/** Checks examples against a vocabulary and a length limit; throws `EXAMPLE_*` naming the example. */
export function checkExamples(examples: readonly TrainingExample[], vocab: number, maxLength: number): void {
  if (examples.length === 0) fail('EXAMPLE_NONE', 'there is nothing to train on', { field: 'examples' })
  examples.forEach((example, i) => {
    const { tokens, supervisedFrom, group, weight = 1 } = example
    if (tokens.length < 2 || tokens.length > maxLength + 1) {
      fail('EXAMPLE_LENGTH', `example ${i} has ${tokens.length} tokens; 2 to ${maxLength + 1} are possible`, { field: `examples[${i}]`, fix: 'shorten it or raise maxLength' })
    }
    if (!Number.isSafeInteger(supervisedFrom) || supervisedFrom < 1 || supervisedFrom >= tokens.length) {
      fail('EXAMPLE_SUPERVISED', `example ${i}: supervisedFrom is ${supervisedFrom}, not within 1 to ${tokens.length - 1}`, { field: `examples[${i}]` })
    }
    if (!Number.isSafeInteger(group) || group < 0) fail('EXAMPLE_GROUP', `example ${i}: group ${group} is not a contributor index`, { field: `examples[${i}]` })
    if (!(weight >= 0) || !Number.isFinite(weight)) fail('EXAMPLE_WEIGHT', `example ${i}: weight ${weight} is not a finite number ≥ 0`, { field: `examples[${i}]` })
    for (let t = 0; t < tokens.length; t++) {
      const token = tokens[t]
      if (!Number.isSafeInteger(token) || token < 0 || token >= vocab) fail('EXAMPLE_TOKEN', `example ${i}: token ${token} is outside the vocabulary of ${vocab}`, { field: `examples[${i}]` })
    }
  })
}
