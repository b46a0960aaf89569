import { CharacterAutomaton } from './CharacterAutomaton.ts'
import type { CodePointSet } from './codePoints.ts'
import { PatternReader } from './PatternReader.ts'
import type { PatternSyntax } from './PatternSyntax.ts'

const maxLength = 1000
const maxParts = 4000

/** What the patterns of one schema may take in all: states of their automata, and steps of making them. */
export type PatternBudget = { states: number; steps: number }

type Nfa = { empty: number[][]; moves: { set: CodePointSet; target: number }[][] }

/**
 * Compiles a pattern of JSON Schema: the texts in which it is found somewhere. Thompson's construction, then subsets.
 * @param budget is used up by what this takes
 * @param refuse called with what is not supported or too large; it throws
 */
export function compilePattern(pattern: string, budget: PatternBudget, refuse: (reason: string) => never): CharacterAutomaton {
  if (pattern.length > maxLength) refuse(`it has more than ${maxLength} characters`)
  try {
    new RegExp(pattern, 'u')
  } catch {
    refuse('it is not a regular expression of ECMA-262')
  }
  const nfa: Nfa = { empty: [], moves: [] }
  const add = (): number => {
    if (nfa.empty.length >= maxParts) refuse(`it is too large: more than ${maxParts} parts`)
    nfa.moves.push([])
    return nfa.empty.push([]) - 1
  }
  const build = (part: PatternSyntax, from: number): number => {
    if (part.kind === 'sequence') return part.parts.reduce((at, next) => build(next, at), from)
    if (part.kind === 'set') {
      const target = add()
      nfa.moves[from]!.push({ set: part.set, target })
      return target
    }
    if (part.kind === 'choice') {
      const end = add()
      for (const option of part.options) {
        const start = add()
        nfa.empty[from]!.push(start)
        nfa.empty[build(option, start)]!.push(end)
      }
      return end
    }
    let at = from
    for (let index = 0; index < part.min; index++) at = build(part.of, at)
    if (part.max === Infinity) {
      const [loop, end] = [add(), add()]
      nfa.empty[at]!.push(loop)
      nfa.empty[build(part.of, loop)]!.push(loop)
      nfa.empty[loop]!.push(end)
      return end
    }
    const end = add()
    for (let index = part.min; index < part.max; index++) {
      nfa.empty[at]!.push(end)
      const start = add()
      nfa.empty[at]!.push(start)
      at = build(part.of, start)
    }
    nfa.empty[at]!.push(end)
    return end
  }
  const start = add()
  const end = build(new PatternReader(pattern, refuse).read(), start)
  return subsets(nfa, start, end, budget, refuse)
}

function subsets({ empty, moves }: Nfa, start: number, end: number, budget: PatternBudget, refuse: (reason: string) => never): CharacterAutomaton {
  const closure = (states: Iterable<number>): number[] => {
    const seen = new Set(states)
    for (const state of seen) for (const next of empty[state]!) seen.add(next)
    budget.steps -= seen.size
    if (budget.steps < 0) refuse('the patterns are too large together: too many steps')
    // What neither reads a character nor accepts tells no two subsets apart.
    return [...seen].filter((state) => moves[state]!.length > 0 || state === end).sort((a, b) => a - b)
  }
  const first = closure([start])
  const ids = new Map([[first.join(), 0]])
  const found = [first]
  const starts: number[][] = []
  const targets: number[][] = []
  for (let id = 0; id < found.length; id++) {
    const leaving = found[id]!.flatMap((state) => moves[state]!)
    const bounds = [...new Set([0, ...leaving.flatMap(({ set }) => set.flatMap(([low, high]) => [low, high + 1]))])].sort((a, b) => a - b)
    starts.push(bounds)
    targets.push(
      bounds.map((bound) => {
        budget.steps -= leaving.length
        const next = closure(leaving.filter(({ set }) => set.some(([low, high]) => low <= bound && bound <= high)).map(({ target }) => target))
        if (next.length === 0) return -1
        const key = next.join()
        if (!ids.has(key)) {
          if (--budget.states < 0) refuse('the patterns are too large together: too many states')
          ids.set(key, found.push(next) - 1)
        }
        return ids.get(key)!
      }),
    )
  }
  return new CharacterAutomaton({ starts, targets, accepting: found.map((states) => states.includes(end)) })
}
