import { ideaDefinitions } from '../lexicon/ideaDefinitions.ts'
import { thingDefinitions } from '../lexicon/thingDefinitions.ts'

/** Real words with their true definitions, `[word, definition]`. */
export const realWords: readonly (readonly [word: string, definition: string])[] = `${thingDefinitions}${ideaDefinitions}`
  .split('\n')
  .filter((line) => line.includes(': '))
  .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)])
