import { CheatFailed } from './CheatFailed.ts'

let last: { text: string; value: unknown } = { text: '', value: undefined }

function parsed(text: string): unknown {
  if (last.text !== text) last = { text, value: JSON.parse(text) }
  return last.value
}

/**
 * Finds a value in a JSON text.
 * @param path names with a dot before each and places in brackets: `.trees[3].root`
 * @throws CheatFailed when there is nothing, or a number that JavaScript does not hold exactly
 */
export function readJsonPath(text: string, path: string): unknown {
  let value = parsed(text)
  for (const [, name, place] of path.matchAll(/\.?([^.[\]]+)|\[(\d+)\]/g)) {
    if (typeof value !== 'object' || value === null) throw new CheatFailed(`the JSON has nothing at ${path}`)
    value = (value as Record<string, unknown>)[name ?? place!]
  }
  if (value === undefined) throw new CheatFailed(`the JSON has nothing at ${path}`)
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new CheatFailed(`the number at ${path} is not exact`)
  return value
}
