import { ideaDefinitions, thingDefinitions } from '../lexicon/definitions.ts'

/** Real words with their true definitions, `[word, definition]`. */
export const realWords: readonly (readonly [word: string, definition: string])[] = `${thingDefinitions}${ideaDefinitions}`
  .split('\n')
  .filter((line) => line.includes(': '))
  .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)])
