import picocolors from 'picocolors'

/** Where text goes: results to `stdout`, progress and advice to `stderr`; `isColored` says whether results carry a terminal's colors (default: no). */
export type Streams = { stdout: (text: string) => void; stderr: (text: string) => void; isTerminal: boolean; isColored?: boolean }

/** Amounts travel as decimal strings. The protocol's own writer would bring all of its modules with it. */
const bigintAsText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

/** Writes results for people, or one JSON document for machines (`--json`). */
export class Output {
  readonly json: boolean
  readonly #streams: Streams
  readonly #colors: ReturnType<typeof picocolors.createColors>

  constructor(streams: Streams, json: boolean) {
    this.#streams = streams
    this.json = json
    this.#colors = picocolors.createColors(streams.isColored === true)
  }

  get isTerminal(): boolean {
    return this.#streams.isTerminal
  }

  /** A line for people; nothing in JSON mode. */
  line(text = ''): void {
    if (!this.json) this.#streams.stdout(`${text}\n`)
  }

  /** A heading for people. */
  heading(text: string): void {
    this.line(this.#colors.bold(text))
  }

  /** A fact as "name  value", aligned. */
  field(name: string, value: string): void {
    this.line(`  ${this.#colors.dim(name.padEnd(18))} ${value}`)
  }

  /** Rows under headings, columns aligned. */
  table(headings: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = headings.map((h, i) => Math.max(h.length, ...rows.map((r) => r[i]?.length ?? 0)))
    const format = (cells: readonly string[]): string => `  ${cells.map((c, i) => c.padEnd(widths[i] ?? 0)).join('  ').trimEnd()}`
    this.line(this.#colors.dim(format(headings)))
    for (const row of rows) this.line(format(row))
  }

  /** What is going on, for people who wait: goes to stderr, so that a result can be piped. */
  note(text: string): void {
    if (!this.json) this.#streams.stderr(`${text}\n`)
  }

  /** The one JSON document of this command; nothing in human mode. */
  result(value: unknown): void {
    if (this.json) this.#streams.stdout(`${JSON.stringify(value, bigintAsText, 2)}\n`)
  }

  /** An error, on stderr in either mode. */
  error(text: string): void {
    this.#streams.stderr(`${text}\n`)
  }
}
