import { readFileSync } from 'node:fs'

/** A recipe of docs/clients.md: its name and its text. */
export type Recipe = { name: string; language: string; code: string }

/** The fenced blocks of docs/clients.md that have a name after their language. */
export function recipes(): Recipe[] {
  const text = readFileSync(new URL('../../../../docs/clients.md', import.meta.url), 'utf8')
  return [...text.matchAll(/^```(ts|json) ([\w-]+)\n([\s\S]*?)^```$/gm)].map(([, language, name, code]) => ({ language: language!, name: name!, code: code! }))
}
