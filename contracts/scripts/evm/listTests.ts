import { askForge } from '../forge.ts'

/** Lets Forge compile what changed. @returns the tests that it would run: source, contract and name of each, with a space between; none when it cannot compile */
export function listTests(forge: string): string[] {
  const said = askForge(forge, ['test', '--list', '--json'])
  const line = said.split('\n').find((text) => text.startsWith('{'))
  if (line === undefined) return []
  const listed = JSON.parse(line) as Record<string, Record<string, string[]>>
  return Object.entries(listed).flatMap(([source, contracts]) => Object.entries(contracts).flatMap(([contract, tests]) => tests.map((test) => `${source} ${contract} ${test}`)))
}
