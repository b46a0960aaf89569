import { anyCodePoint, classEscapes, codePointSet, complement, notLineEnd, type CodePointSet } from './codePoints.ts'
import type { PatternSyntax } from './PatternSyntax.ts'

const controlEscapes: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, 0: 0 }
const anything: PatternSyntax = { kind: 'repeat', of: { kind: 'set', set: anyCodePoint }, min: 0, max: Infinity }
const maxDepth = 32
const maxRepeat = 1000

/** Reads one regular expression of ECMA-262 (flag u) that needs neither look-around nor back references. */
export class PatternReader {
  readonly #text: readonly string[]
  readonly #refuse: (reason: string) => never
  #at = 0
  #depth = 0

  /** @param refuse called with what is not supported; it throws */
  constructor(pattern: string, refuse: (reason: string) => never) {
    this.#text = Array.from(pattern)
    this.#refuse = refuse
  }

  /** The language of all texts in which the pattern is found somewhere, as JSON Schema means it. */
  read(): PatternSyntax {
    const options: PatternSyntax[] = []
    do {
      const parts: PatternSyntax[] = []
      if (!this.#take('^')) parts.push(anything)
      parts.push(this.#sequence())
      if (!this.#take('$')) parts.push(anything)
      options.push({ kind: 'sequence', parts })
    } while (this.#take('|'))
    if (this.#at < this.#text.length) this.#refuse(this.#peek() === '^' || this.#peek() === '$' ? '^ and $ may stand at the ends only' : `"${this.#peek()}" is out of place`)
    return { kind: 'choice', options }
  }

  #peek(): string | undefined {
    return this.#text[this.#at]
  }

  #take(expected: string): boolean {
    if (this.#peek() !== expected) return false
    this.#at += 1
    return true
  }

  #next(): string {
    return this.#text[this.#at++] ?? this.#refuse('it ends too early')
  }

  #sequence(): PatternSyntax {
    const parts: PatternSyntax[] = []
    for (let next = this.#peek(); next !== undefined && !'|)^$'.includes(next); next = this.#peek()) parts.push(this.#repeated(this.#atom()))
    return { kind: 'sequence', parts }
  }

  #atom(): PatternSyntax {
    const first = this.#next()
    if (first === '(') return this.#group()
    if (first === '[') return { kind: 'set', set: this.#class() }
    if (first === '.') return { kind: 'set', set: notLineEnd }
    if (first === '\\') return { kind: 'set', set: this.#escape(false) }
    const code = first.codePointAt(0)!
    return { kind: 'set', set: codePointSet([[code, code]]) }
  }

  #group(): PatternSyntax {
    if (this.#take('?') && !this.#take(':')) {
      if (!this.#take('<') || this.#peek() === '=' || this.#peek() === '!') this.#refuse('look-around is not supported')
      while (this.#next() !== '>');
    }
    if (++this.#depth > maxDepth) this.#refuse(`groups may nest ${maxDepth} levels`)
    const options = [this.#sequence()]
    while (this.#take('|')) options.push(this.#sequence())
    if (!this.#take(')')) this.#refuse('^ and $ may stand at the ends only')
    this.#depth -= 1
    return { kind: 'choice', options }
  }

  #repeated(of: PatternSyntax): PatternSyntax {
    let min: number, max: number
    if (this.#take('*')) [min, max] = [0, Infinity]
    else if (this.#take('+')) [min, max] = [1, Infinity]
    else if (this.#take('?')) [min, max] = [0, 1]
    else if (this.#take('{')) [min, max] = this.#bounds()
    else return of
    // Lazy and greedy quantifiers match the same texts.
    this.#take('?')
    return { kind: 'repeat', of, min, max }
  }

  #bounds(): [number, number] {
    let text = ''
    for (let next = this.#next(); next !== '}'; next = this.#next()) text += next
    const [min, max = min] = text.split(',').map((part) => (part === '' ? Infinity : Number(part)))
    if (min! > maxRepeat || (max! !== Infinity && max! > maxRepeat)) this.#refuse(`a part may be repeated ${maxRepeat} times`)
    return [min!, max!]
  }

  #class(): CodePointSet {
    const negated = this.#take('^')
    const ranges: (readonly [number, number])[] = []
    while (!this.#take(']')) {
      const low = this.#member()
      if (this.#peek() === '-' && this.#text[this.#at + 1] !== ']') {
        this.#at += 1
        ranges.push([low[0]![0], this.#member()[0]![1]])
      } else ranges.push(...low)
    }
    const set = codePointSet(ranges)
    return negated ? complement(set) : set
  }

  #member(): CodePointSet {
    const next = this.#next()
    if (next === '\\') return this.#escape(true)
    return [[next.codePointAt(0)!, next.codePointAt(0)!]]
  }

  #escape(inClass: boolean): CodePointSet {
    const next = this.#next()
    const known = classEscapes[next]
    if (known) return known
    if (inClass && next === 'b') return [[8, 8]]
    if (/[bBpPk1-9]/.test(next)) this.#refuse(`\\${next} is not supported`)
    const code = next === 'x' ? this.#hex(2) : next === 'u' ? this.#unicode() : next === 'c' ? this.#next().codePointAt(0)! % 32 : (controlEscapes[next] ?? next.codePointAt(0)!)
    return [[code, code]]
  }

  #unicode(): number {
    if (this.#take('{')) {
      let digits = ''
      for (let next = this.#next(); next !== '}'; next = this.#next()) digits += next
      return parseInt(digits, 16)
    }
    const code = this.#hex(4)
    // With the flag u, two escaped halves are one character.
    if (code >= 0xd800 && code < 0xdc00 && this.#peek() === '\\' && this.#text[this.#at + 1] === 'u') {
      this.#at += 2
      return (code - 0xd800) * 0x400 + (this.#hex(4) - 0xdc00) + 0x10000
    }
    return code
  }

  #hex(count: number): number {
    let digits = ''
    for (let index = 0; index < count; index++) digits += this.#next()
    return parseInt(digits, 16)
  }
}
