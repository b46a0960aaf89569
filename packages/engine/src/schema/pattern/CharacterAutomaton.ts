import { acceptedLengths } from './acceptedLengths.ts'

/**
 * A deterministic automaton over code points. In state s, code points from `starts[s][i]` up to the next start lead to `targets[s][i]`
 * (-1: nowhere). State 0 is the first.
 */
export class CharacterAutomaton {
  readonly starts: readonly (readonly number[])[]
  readonly targets: readonly (readonly number[])[]
  readonly accepting: readonly boolean[]
  /** Shortest and longest number of further characters to acceptance; Infinity: none, or any number. */
  readonly #shortest: number[]
  readonly #longest: number[]
  /** Reachable lengths, computed when lengths are bounded from both sides: [state][remaining] is 1 when a text of exactly that length is accepted. */
  #exact: Uint8Array[] | undefined

  /** @param parts.endless every state leads to acceptance by any greater number of characters, which is not checked then */
  constructor(parts: { starts: readonly (readonly number[])[]; targets: readonly (readonly number[])[]; accepting: readonly boolean[]; endless?: boolean }) {
    this.starts = parts.starts
    this.targets = parts.targets
    this.accepting = parts.accepting
    const lengths = parts.endless ? null : acceptedLengths(parts.targets, parts.accepting)
    this.#shortest = lengths?.shortest ?? parts.accepting.map(() => 0)
    this.#longest = lengths?.longest ?? parts.accepting.map(() => Infinity)
  }

  /** How many transitions there are. */
  get segments(): number {
    return this.targets.reduce((sum, targets) => sum + targets.length, 0)
  }

  /** The state after a code point, or -1. */
  next(state: number, codePoint: number): number {
    return this.targets[state]![this.#segment(state, codePoint)]!
  }

  /** The states that the code points from `low` to `high` lead to. */
  *between(state: number, low: number, high: number): Generator<number> {
    const starts = this.starts[state]!
    for (let index = this.#segment(state, low); index < starts.length && starts[index]! <= high; index++) {
      if (this.targets[state]![index]! >= 0) yield this.targets[state]![index]!
    }
  }

  /** Whether a text of at least `need` and at most `room` characters leads from this state to acceptance. */
  completes(state: number, need: number, room: number): boolean {
    if (state < 0 || room < 0 || this.#shortest[state]! > room || this.#longest[state]! < need) return false
    if (this.#exact && need > 0) {
      const lengths = this.#exact[state]!
      for (let length = need; length <= Math.min(room, lengths.length - 1); length++) if (lengths[length] === 1) return true
      return false
    }
    return true
  }

  /** Prepares `completes` for lengths up to `most`; needed where texts have both a least length above 0 and a greatest. */
  boundLengths(most: number): void {
    const exact = this.accepting.map((accepting) => {
      const lengths = new Uint8Array(most + 1)
      if (accepting) lengths[0] = 1
      return lengths
    })
    for (let length = 1; length <= most; length++) {
      this.targets.forEach((targets, state) => {
        if (targets.some((target) => target >= 0 && exact[target]![length - 1] === 1)) exact[state]![length] = 1
      })
    }
    this.#exact = exact
  }

  #segment(state: number, codePoint: number): number {
    const starts = this.starts[state]!
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= codePoint) low = middle
      else high = middle - 1
    }
    return low
  }
}
