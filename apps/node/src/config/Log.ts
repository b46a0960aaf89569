/** What a log line may carry. Keys, tokens, signatures, prompts and answers never go in. */
export type LogFields = { [key: string]: string | number | boolean | null | undefined }

/** Structured log: an event's name and its fields. */
export type Log = {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
}

/** One JSON object for each line, to `write`. */
export function jsonLog(write: (line: string) => void = (line) => process.stderr.write(line)): Log {
  const line = (level: string) => (event: string, fields: LogFields = {}) => {
    write(JSON.stringify({ time: new Date().toISOString(), level, event, ...fields }) + '\n')
  }
  return { info: line('info'), warn: line('warn'), error: line('error') }
}

/** Drops everything. */
export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A failure as log fields: its code and its message, without the stack. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: String(error) }
  const code = (error as { code?: unknown }).code
  return { error: error.message.slice(0, 500), ...(typeof code === 'string' ? { code } : {}) }
}
