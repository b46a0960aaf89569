import { CharacterAutomaton } from './CharacterAutomaton.ts'

/** An automaton for every text but these. */
export function exceptTexts(texts: readonly string[]): CharacterAutomaton {
  // State 0 is the beginning; in state 1 no text of the list can come any more.
  const children: Map<number, number>[] = [new Map(), new Map()]
  const refused = new Set<number>()
  for (const text of texts) {
    let state = 0
    for (const character of text) {
      const code = character.codePointAt(0)!
      let next = children[state]!.get(code)
      if (next === undefined) {
        next = children.push(new Map()) - 1
        children[state]!.set(code, next)
      }
      state = next
    }
    refused.add(state)
  }
  const rows = children.map((map) => {
    const row = new Map([[0, 1]])
    for (const [code, target] of [...map].sort(([a], [b]) => a - b)) row.set(code, target).set(code + 1, map.get(code + 1) ?? 1)
    return [...row].sort(([a], [b]) => a - b)
  })
  return new CharacterAutomaton({ starts: rows.map((row) => row.map(([start]) => start)), targets: rows.map((row) => row.map(([, target]) => target)), accepting: children.map((_, state) => !refused.has(state)), endless: true })
}
