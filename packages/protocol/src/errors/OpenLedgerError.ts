/** What the receiver of an error should do: mend the input, try again later, or give up. */
export type ErrorAction = 'fix' | 'retry' | 'stop'

export type ErrorDetails = {
  /** The field of the input that is wrong, as the caller named it. */
  field?: string
  /** One sentence that says what to do next. */
  fix?: string
  action?: ErrorAction
  /** The HTTP status that a server answers with. Default 400 for `fix`, 503 for `retry`, 500 for `stop`. */
  status?: number
  /** For `retry`: how long to wait before the next try, milliseconds. */
  retryAfterMs?: number
  cause?: unknown
}

/** The base class of every error that the project throws: a stable `code`, and advice for the caller. */
export class OpenLedgerError extends Error {
  readonly code: string
  readonly field?: string
  readonly fix?: string
  readonly action: ErrorAction
  readonly status: number
  readonly retryAfterMs?: number

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.code = code
    this.field = details.field
    this.fix = details.fix
    this.action = details.action ?? 'fix'
    this.retryAfterMs = details.retryAfterMs
    this.status = details.status ?? { fix: 400, retry: 503, stop: 500 }[this.action]
  }

  /** The shape in which errors travel over HTTP and `--json` (the OpenAI error shape with two more fields). */
  toJSON(): { code: string; type: string; message: string; param: string | null; fix: string | null } {
    return { code: this.code, type: this.name, message: this.message, param: this.field ?? null, fix: this.fix ?? null }
  }
}
