import { compilePattern, type PatternBudget } from './pattern/compilePattern.ts'
import { schemaError } from './schemaError.ts'
import { countKeyword, type SchemaObject } from './schemaKeywords.ts'
import { TextScanner, textLanguage } from './scanners/TextScanner.ts'

const maxTable = 2_000_000
const year = '\\d{4}'
const day = `(?:${year}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)`
const clock = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?Z'
const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const hex = '[0-9a-fA-F]'

/** Formats that can be written as a pattern; times are in UTC. */
const formats: Readonly<Record<string, string>> = {
  date: `^${day}$`,
  time: `^${clock}$`,
  'date-time': `^${day}T${clock}$`,
  uuid: `^${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}$`,
  ipv4: `^${octet}(?:\\.${octet}){3}$`,
}

/** The strings that a schema allows. @param budget what compiling patterns may still take; it is used up */
export function readText(schema: SchemaObject, path: string, budget: PatternBudget): TextScanner {
  const min = countKeyword(schema, 'minLength', path, 0)
  const max = countKeyword(schema, 'maxLength', path, Infinity)
  const { pattern, format } = schema
  if (pattern !== undefined && format !== undefined) schemaError(path, '"format" beside "pattern" is not supported')
  if (format !== undefined && (typeof format !== 'string' || !Object.hasOwn(formats, format))) schemaError(path, `the format ${JSON.stringify(format)} is not supported; ${Object.keys(formats).join(', ')} are`)
  const expression = format === undefined ? pattern : formats[format as string]
  if (expression === undefined) return new TextScanner(textLanguage(null, min, max))
  if (typeof expression !== 'string') return schemaError(path, '"pattern" must be a text')
  const automaton = compilePattern(expression, budget, (reason) => schemaError(path, `the pattern ${JSON.stringify(expression.slice(0, 60))}: ${reason}`))
  if (min > 0 && max < Infinity && automaton.segments * max > maxTable) schemaError(path, '"maxLength" is too large for this pattern')
  return new TextScanner(textLanguage(automaton, min, max))
}
