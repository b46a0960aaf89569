import type { CharacterAutomaton } from '../pattern/CharacterAutomaton.ts'
import type { Scanner } from './Scanner.ts'

/** More characters than any token has. */
const endless = 1_000_000
const shortEscapes: Readonly<Record<number, number>> = { 0x22: 0x22, 0x5c: 0x5c, 0x62: 8, 0x66: 12, 0x6e: 10, 0x72: 13, 0x74: 9 }
const shortCodes = new Set(Object.values(shortEscapes))

/** What is being written: before the opening quote, between characters, inside a UTF-8 sequence, inside an escape, or after the closing quote. */
type Place = { at: 'outside' } | { at: 'body' } | { at: 'sequence'; low: number; high: number; bits: number; left: number } | { at: 'escape'; digits: string } | { at: 'closed' }

const places = { outside: { at: 'outside' }, body: { at: 'body' }, closed: { at: 'closed' } } as const
/** The characters that are written with a \u escape begin with one of these. */
const longEscapes = ['u0000', 'u0001', 'u0002', 'u0003', 'u0004', 'u0005', 'u0006', 'u0007', 'u000b', 'u000e', 'u000f', ...Array.from({ length: 16 }, (_, i) => `u001${i.toString(16)}`)]

/** The characters that an escape can become that begins like this, without its backslash. */
function escapedCodes(digits: string): number[] {
  const long = longEscapes.filter((escape) => escape.startsWith(digits)).map((escape) => parseInt(escape.slice(1), 16))
  return digits === '' ? [...shortCodes, ...long] : long
}

/** A place between two characters of a string: the automaton's state (null: any characters) and how many characters there must and may be. */
export type TextBody = { automaton: CharacterAutomaton | null; state: number; need: number; room: number; bounded: boolean }

/** The texts of a JSON string: an automaton over their characters (null: any), and how many there may be. */
export type TextLanguage = { id: number; automaton: CharacterAutomaton | null; min: number; max: number }

/**
 * Recognises a JSON string, quotes included, in the one form in which `JSON.stringify` writes it: characters as they are, in UTF-8,
 * except quotes, backslashes and control characters. Lengths are counted in characters.
 */
export class TextScanner implements Scanner {
  readonly #language: TextLanguage
  readonly #state: number
  readonly #need: number
  readonly #room: number
  readonly #place: Place

  constructor(language: TextLanguage, position: { state: number; need: number; room: number; place: Place } = { state: 0, need: language.min, room: language.max, place: places.outside }) {
    this.#language = language
    this.#state = position.state
    this.#need = position.need
    this.#room = position.room
    this.#place = position.place
  }

  get key(): string {
    const place = this.#place
    const where = place.at === 'sequence' ? `${place.low} ${place.high} ${place.bits} ${place.left}` : place.at === 'escape' ? `\\${place.digits}` : place.at
    return `text ${this.#language.id} ${this.#state} ${this.#need} ${this.#room} ${where}`
  }

  get accepting(): boolean {
    return this.#place.at === 'closed'
  }

  get ended(): boolean {
    return this.accepting
  }

  /** Between two characters, how its tokens can be found at once: see TextMasks. */
  get body(): TextBody | undefined {
    if (this.#place.at !== 'body') return undefined
    return { automaton: this.#language.automaton, state: this.#state, need: this.#need, room: this.#room, bounded: this.#need > 0 || this.#room < Infinity }
  }

  /** A scanner in the body of a string of any length. */
  static inBody(automaton: CharacterAutomaton | null, state: number): TextScanner {
    return new TextScanner({ id: 0, automaton, min: 0, max: Infinity }, { state, need: 0, room: endless, place: places.body })
  }

  /** For scanners that come from `inBody`: how far they are. `open`: the characters that the one in the making can become. */
  get progress(): { state: number; characters: number; open: readonly (readonly [low: number, high: number])[] | null } {
    const place = this.#place
    const characters = endless - this.#room
    if (place.at === 'sequence') return { state: this.#state, characters, open: [[Math.max(place.low, place.bits << (6 * place.left)), Math.min(place.high, (place.bits << (6 * place.left)) | ((1 << (6 * place.left)) - 1))]] }
    if (place.at === 'escape') return { state: this.#state, characters, open: escapedCodes(place.digits).map((code) => [code, code]) }
    return { state: this.#state, characters, open: null }
  }

  /** Whether any text can be written at all. */
  get possible(): boolean {
    return this.#completes(this.#state, this.#need, this.#room)
  }

  after(byte: number): Scanner | null {
    const place = this.#place
    if (place.at === 'body') return this.#body(byte)
    if (place.at === 'sequence') return this.#sequence(place, byte)
    if (place.at === 'escape') return this.#escape(place.digits + String.fromCharCode(byte))
    if (place.at === 'outside' && byte === 0x22) return this.#move(places.body)
    return null
  }

  #body(byte: number): Scanner | null {
    if (byte === 0x22) return this.#need <= 0 && (this.#language.automaton?.accepting[this.#state] ?? true) ? this.#move(places.closed) : null
    if (byte === 0x5c) return this.#escape('')
    if (byte < 0x20) return null
    if (byte < 0x80) return this.#character(byte)
    if (byte >= 0xc2 && byte < 0xe0) return this.#open(0, 0x10ffff, byte & 0x1f, 1)
    if (byte >= 0xe0 && byte < 0xf0) return this.#open(byte === 0xe0 ? 0x800 : 0, byte === 0xed ? 0xd7ff : 0x10ffff, byte & 0x0f, 2)
    if (byte >= 0xf0 && byte < 0xf5) return this.#open(byte === 0xf0 ? 0x10000 : 0, 0x10ffff, byte & 0x07, 3)
    return null
  }

  #sequence({ low, high, bits, left }: Place & { at: 'sequence' }, byte: number): Scanner | null {
    if (byte < 0x80 || byte > 0xbf) return null
    const value = (bits << 6) | (byte & 0x3f)
    if (left === 1) return value >= low && value <= high ? this.#character(value) : null
    return this.#open(low, high, value, left - 1)
  }

  /** Goes on inside a UTF-8 sequence, if a character that is allowed begins like this. */
  #open(low: number, high: number, bits: number, left: number): Scanner | null {
    const first = Math.max(low, bits << (6 * left))
    const last = Math.min(high, (bits << (6 * left)) | ((1 << (6 * left)) - 1))
    return first <= last && this.#anyOf(first, last) ? this.#move({ at: 'sequence', low, high, bits, left }) : null
  }

  #escape(digits: string): Scanner | null {
    if (digits.length === 1 && digits !== 'u') {
      const code = shortEscapes[digits.charCodeAt(0)]
      return code === undefined ? null : this.#character(code)
    }
    if (digits.length === 5) return longEscapes.includes(digits) ? this.#character(parseInt(digits.slice(1), 16)) : null
    return escapedCodes(digits).some((code) => this.#anyOf(code, code)) ? this.#move({ at: 'escape', digits }) : null
  }

  #anyOf(low: number, high: number): boolean {
    const { automaton } = this.#language
    if (!automaton) return this.#room > 0
    for (const state of automaton.between(this.#state, low, high)) if (this.#completes(state, this.#need - 1, this.#room - 1)) return true
    return false
  }

  #character(code: number): Scanner | null {
    const { automaton } = this.#language
    const state = automaton ? automaton.next(this.#state, code) : 0
    const [need, room] = [Math.max(0, this.#need - 1), this.#room - 1]
    if (!this.#completes(state, need, room)) return null
    if (state === this.#state && need === this.#need && room === this.#room && this.#place.at === 'body') return this
    return new TextScanner(this.#language, { state, need, room, place: places.body })
  }

  #completes(state: number, need: number, room: number): boolean {
    const { automaton } = this.#language
    return automaton ? automaton.completes(state, Math.max(0, need), room) : room >= Math.max(0, need)
  }

  #move(place: Place): Scanner {
    return new TextScanner(this.#language, { state: this.#state, need: this.#need, room: this.#room, place })
  }
}

/** Any text. */
export const plainText: TextLanguage = { id: 0, automaton: null, min: 0, max: Infinity }
let made = 0

/** A language of texts. @param automaton null for any characters */
export function textLanguage(automaton: CharacterAutomaton | null, min: number, max: number): TextLanguage {
  if (automaton === null && min === 0 && max === Infinity) return plainText
  if (automaton && min > 0 && max < Infinity) automaton.boundLengths(max)
  return { id: (made += 1), automaton, min, max }
}
