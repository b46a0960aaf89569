import type { CharacterAutomaton } from './pattern/CharacterAutomaton.ts'
import { type TextBody, TextScanner } from './scanners/TextScanner.ts'
import type { TokenTrie } from './TokenTrie.ts'

/** The tokens that stay inside a string, and the trie's nodes at which the string is closed. */
export type TextMask = { tokens: Int32Array; exits: readonly number[]; survey: Survey }

/** How far a token, or the bytes of a node up to a closing quote, take a string. `open`: the character in the making, if any. */
type Reach = { states: Int32Array; characters: Int32Array; open: Map<number, readonly (readonly [number, number])[]> }
/** What can come in one state of an automaton, whatever the lengths. `visits`: the trie's nodes that were looked at. */
export type Survey = { tokens: Int32Array; inside: Reach; exits: readonly number[]; closed: Reach; longest: number; visits: number }

const kept = 64
const shared = new WeakMap<TokenTrie, TextMasks>()

/**
 * Token masks inside strings. For each state of a string's automaton the vocabulary is walked once, without regard to lengths; a mask
 * for given lengths then passes over that list. The last few lists are remembered, for all answers.
 */
export class TextMasks {
  readonly #trie: TokenTrie
  readonly #plain: Survey[] = []
  readonly #known = new Map<CharacterAutomaton, Map<number, Survey>>()

  static of(trie: TokenTrie): TextMasks {
    let masks = shared.get(trie)
    if (!masks) shared.set(trie, (masks = new TextMasks(trie)))
    return masks
  }

  constructor(trie: TokenTrie) {
    this.#trie = trie
  }

  at({ automaton, state, need, room, bounded }: TextBody): TextMask {
    const survey = this.#survey(automaton, state)
    const { tokens, inside, exits, closed, longest } = survey
    if (!bounded || (need === 0 && room > longest && !automaton)) return { tokens, exits, survey }
    const completes = (reach: Reach, index: number): boolean => {
      const characters = reach.characters[index]!
      const open = reach.open.get(index)
      if (!automaton) return room >= characters + (open ? 1 : 0)
      const [still, left] = [Math.max(0, need - characters), room - characters]
      if (!open) return automaton.completes(reach.states[index]!, still, left)
      return open.some(([low, high]) => [...automaton.between(reach.states[index]!, low, high)].some((next) => automaton.completes(next, Math.max(0, still - 1), left - 1)))
    }
    return {
      tokens: tokens.filter((_, index) => completes(inside, index)),
      survey,
      // A closed string has all its characters.
      exits: exits.filter((_, index) => closed.characters[index]! >= need && closed.characters[index]! <= room),
    }
  }

  #survey(automaton: CharacterAutomaton | null, state: number): Survey {
    if (!automaton) return (this.#plain[0] ??= this.#walk(null, 0))
    let states = this.#known.get(automaton)
    if (!states) {
      this.#known.set(automaton, (states = new Map<number, Survey>()))
      if (this.#known.size > kept) this.#known.delete(this.#known.keys().next().value!)
    }
    let survey = states.get(state)
    if (!survey) {
      states.set(state, (survey = this.#walk(automaton, state)))
      if (states.size > kept) states.delete(states.keys().next().value!)
    }
    return survey
  }

  #walk(automaton: CharacterAutomaton | null, state: number): Survey {
    const tokens: number[] = []
    const exits: number[] = []
    const [inside, closed] = [new ReachList(), new ReachList()]
    let visits = 0
    this.#trie.walk<TextScanner>(
      0,
      TextScanner.inBody(automaton, state),
      (scanner, byte) => {
        visits += 1
        return scanner.after(byte) as TextScanner | null
      },
      (node, scanner) => {
        // Tokens that end with the closing quote belong to the exits, too: their lengths must be right.
        if (scanner.ended) {
          exits.push(node)
          closed.add(scanner)
          return
        }
        for (const token of this.#trie.tokensAt(node)) {
          tokens.push(token)
          inside.add(scanner)
        }
      },
    )
    const longest = Math.max(0, ...new Set([...inside.characters, ...closed.characters])) + 1
    return { tokens: Int32Array.from(tokens), inside: inside.reach(), exits, closed: closed.reach(), longest, visits }
  }
}

class ReachList {
  readonly states: number[] = []
  readonly characters: number[] = []
  readonly open = new Map<number, readonly (readonly [number, number])[]>()

  add(scanner: TextScanner): void {
    const { state, characters, open } = scanner.progress
    if (open) this.open.set(this.states.length, open)
    this.states.push(state)
    this.characters.push(characters)
  }

  reach(): Reach {
    return { states: Int32Array.from(this.states), characters: Int32Array.from(this.characters), open: this.open }
  }
}
