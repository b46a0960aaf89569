import type { Json } from '@openledger/protocol'
import { decodeUtf8, type Line } from '../records/lines.ts'
import { recordLimits } from '../records/recordLimits.ts'
import { draftFromFields, findHalfPair, findPair } from './draftFromFields.ts'
import { reject, type Parsed, type ParseOptions } from './draftRecord.ts'

type Fields = { [key: string]: Json }

/** How deep brackets nest in JSON text; strings are skipped. Needs no stack, so that it can be asked before parsing. */
export function jsonDepth(text: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c === '\\') i++
      else if (c === '"') quoted = false
    } else if (c === '"') quoted = true
    else if (c === '{' || c === '[') deepest = Math.max(deepest, ++depth)
    else if (c === '}' || c === ']') depth--
  }
  return deepest
}

const isObject = (value: Json | undefined): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The texts of a chat with one turn of the user and one of the assistant, or the reason why it is none. */
function readMessages(messages: Json): readonly [Json | undefined, Json | undefined] | string {
  if (!Array.isArray(messages)) return 'is not a list'
  const turns = messages as readonly Json[]
  const roles = turns.map((turn) => (isObject(turn) ? turn.role : undefined))
  if (roles.length !== 2 || roles[0] !== 'user' || roles[1] !== 'assistant') return `has the turns ${JSON.stringify(roles.slice(0, 6)).slice(0, 120)}, not one of the user and one of the assistant`
  return [(turns[0] as Fields).content, (turns[1] as Fields).content]
}

/** Reads one line of JSON Lines; null for a blank line. */
export function parseJsonlLine({ number, bytes }: Line, options: ParseOptions): Parsed | null {
  const limit = options.maxLineBytes ?? recordLimits.lineBytes
  if (bytes.length > limit) return reject(number, 'line', 'LINE_TOO_LONG', `the line has ${bytes.length} bytes, the limit is ${limit}`, 'split the record, or check that line ends are there')
  const text = decodeUtf8(bytes)
  if (text === null) return reject(number, 'line', 'NOT_UTF8', 'the line is not UTF-8', 'save the file as UTF-8')
  if (text.trim() === '') return null
  if (jsonDepth(text) > recordLimits.jsonDepth) return reject(number, 'line', 'TOO_DEEP', `the line nests more than ${recordLimits.jsonDepth} levels`, 'keep only the fields of the record')
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    return reject(number, 'line', 'BAD_JSON', `the line is not JSON: ${(error as Error).message.slice(0, 120)}`, 'write one JSON object on each line')
  }
  if (!isObject(value)) return reject(number, 'line', 'NOT_AN_OBJECT', 'the line is JSON but not an object', 'write {"prompt": "…", "completion": "…"}')
  return readFields(number, value, options.contributorField ?? 'contributor')
}

function readFields(line: number, fields: Fields, contributorField: string): Parsed {
  const rest = new Map(Object.entries(fields))
  const has = (field: string): boolean => Object.hasOwn(fields, field)
  const whole = findPair(has)
  if (!whole && Object.hasOwn(fields, 'messages')) {
    const turns = readMessages(fields.messages!)
    if (typeof turns === 'string') return reject(line, 'messages', 'BAD_MESSAGES', `the field "messages" ${turns}`, 'keep one {"role": "user"} and one {"role": "assistant"} message; put a system text into the question')
    rest.delete('messages')
    return draftFromFields(line, ['messages.0.content', 'messages.1.content'], turns, contributorField, rest)
  }
  const pair = whole ?? findHalfPair(has)
  if (!pair) return reject(line, 'prompt', 'MISSING_FIELD', 'the line has no prompt', 'name the fields prompt and completion (or question and answer, instruction and output, or messages)')
  const [prompt, completion] = pair
  rest.delete(prompt)
  rest.delete(completion)
  let text = fields[prompt]
  const context = fields.input
  if (prompt === 'instruction' && typeof context === 'string' && typeof text === 'string') {
    rest.delete('input')
    if (context.trim() !== '') text = `${text}\n\n${context}`
  }
  return draftFromFields(line, pair, [text, fields[completion]], contributorField, rest)
}
