import type { Scanner } from './Scanner.ts'

/** Most digits before the point. */
export const wholeDigits = 16

/** The numbers that may be written: within bounds, in units of 10^-fraction, and multiples of `multiple` units. */
export type DecimalRange = { min: bigint; max: bigint; fraction: number; multiple: bigint }

/** The largest magnitude that can be written, in units of 10^-fraction. */
export const largestDecimal = (fraction: number): bigint => 10n ** BigInt(wholeDigits + fraction) - 1n

const ceilTo = (value: bigint, multiple: bigint): bigint => value - (((value % multiple) + multiple) % multiple) + (value % multiple === 0n ? 0n : multiple)

/** Recognises a number in decimal notation, without exponent, "-0", or needless leading zeros. */
export class DecimalScanner implements Scanner {
  readonly #range: DecimalRange
  readonly #name: string
  readonly #text: string
  /** Whether whatever is written from here on is in the range, but for a zero with a sign. */
  readonly #free: boolean

  constructor(range: DecimalRange, written?: { name: string; text: string; free: boolean }) {
    const { min, max, fraction, multiple } = range
    this.#range = range
    this.#name = written?.name ?? `decimal ${min} ${max} ${fraction} ${multiple}`
    this.#text = written?.text ?? ''
    this.#free = written?.free ?? (multiple === 1n && min === -largestDecimal(fraction) && max === largestDecimal(fraction))
  }

  get key(): string {
    return `${this.#name} ${this.#text}`
  }

  get accepting(): boolean {
    const { whole, part, pointed } = this.#read()
    if (whole === '' || (pointed && part === '')) return false
    if (this.#free) return !this.#text.startsWith('-') || /[1-9]/.test(this.#text)
    const scale = 10n ** BigInt(this.#range.fraction - part.length)
    const units = BigInt(whole + part) * scale
    return this.#holds(units, units)
  }

  get ended(): boolean {
    return false
  }

  /** Whether any number can be written at all. */
  get possible(): boolean {
    return this.#completes() || this.#with('-').#completes()
  }

  after(byte: number): Scanner | null {
    const { whole, part, pointed } = this.#read()
    const character = String.fromCharCode(byte)
    if (character === '-') {
      if (this.#text !== '') return null
    } else if (character === '.') {
      if (whole === '' || pointed || this.#range.fraction === 0) return null
    } else if (byte < 0x30 || byte > 0x39) return null
    else if (pointed ? part.length >= this.#range.fraction : whole === '0' || whole.length >= wholeDigits) return null
    const next = this.#with(this.#text + character)
    return next.#completes() ? next : null
  }

  #with(text: string): DecimalScanner {
    return new DecimalScanner(this.#range, { name: this.#name, text, free: this.#free || this.#inside(text) })
  }

  /** Whether every number that begins like this, with a point, lies within the bounds. */
  #inside(text: string): boolean {
    const { min, max, fraction, multiple } = this.#range
    if (!text.endsWith('.') || multiple !== 1n) return false
    const units = 10n ** BigInt(fraction)
    const low = BigInt(text.slice(0, -1).replace('-', '')) * units
    const high = low + units - 1n
    return text.startsWith('-') ? -high >= min && -low <= max : low >= min && high <= max
  }

  #read(): { whole: string; part: string; pointed: boolean } {
    const [whole, part] = this.#text.replace('-', '').split('.')
    return { whole: whole!, part: part ?? '', pointed: part !== undefined }
  }

  /** Whether some continuation is a number of the range. */
  #completes(): boolean {
    const { whole, part, pointed } = this.#read()
    const { fraction } = this.#range
    if (this.#free) return !this.#text.startsWith('-') || !(part.length === fraction && (pointed || whole === '0')) || /[1-9]/.test(this.#text)
    const unit = 10n ** BigInt(fraction)
    if (whole === '') return this.#holds(0n, unit * 10n ** BigInt(wholeDigits) - 1n)
    const scale = 10n ** BigInt(fraction - part.length)
    const units = BigInt(whole + part) * scale
    if (pointed && part.length === fraction) return this.#holds(units, units)
    if (this.#holds(units, units + scale - 1n)) return true
    if (pointed || whole === '0') return false
    for (let [low, width, length] = [units * 10n, scale * 10n, whole.length + 1]; length <= wholeDigits; length++, low *= 10n, width *= 10n) {
      if (this.#holds(low, low + width - 1n)) return true
    }
    return false
  }

  /** Whether a number of the range has a magnitude from `low` to `high`, with the sign that was written. */
  #holds(low: bigint, high: bigint): boolean {
    const { min, max, multiple } = this.#range
    const negative = this.#text.startsWith('-')
    const [least, most] = negative ? [-max > 1n ? -max : 1n, -min] : [min > 0n ? min : 0n, max]
    const from = ceilTo(low > least ? low : least, multiple)
    return from <= (high < most ? high : most)
  }
}
