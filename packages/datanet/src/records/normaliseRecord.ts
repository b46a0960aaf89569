import { fail, type RecordContent } from '@openledger/protocol'
import { recordLimits } from './recordLimits.ts'

/** Text in the one form in which it is kept: NFC, line ends as LF, no white space around. */
export function normaliseText(text: string): string {
  return text.replace(/\r\n?/g, '\n').normalize('NFC').trim()
}

/** A record in the one form in which it is kept, hashed and sealed. */
export function normaliseRecord({ prompt, completion }: RecordContent): RecordContent {
  return { prompt: normaliseText(prompt), completion: normaliseText(completion) }
}

/** The length of a text in UTF-8, in bytes. */
export function utf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) length += 1
    else if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length) {
      length += 2
      i++
    } else length += 2
  }
  return length
}

/** What is wrong with a record before anybody looks at its quality: null when it may be kept. */
export type RecordFault = { code: string; field: 'prompt' | 'completion'; message: string; fix: string }

/** Checks one record against the limits: present, well-formed Unicode, no control characters, not too long. */
export function recordFault(record: RecordContent): RecordFault | null {
  const bounds = [['prompt', recordLimits.promptBytes], ['completion', recordLimits.completionBytes]] as const
  for (const [field, limit] of bounds) {
    const text = record[field]
    if (text.trim() === '') return { code: 'EMPTY_TEXT', field, message: `the ${field} is empty`, fix: `write the ${field}, or leave the record out` }
    if (!text.isWellFormed()) return { code: 'BAD_UNICODE', field, message: `the ${field} holds half of a surrogate pair`, fix: 'save the text as UTF-8 again from its source' }
    const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/.exec(text)
    if (control) {
      const point = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
      return { code: 'CONTROL_CHARACTER', field, message: `the ${field} holds the control character U+${point}`, fix: 'remove it; tab and line feed are allowed' }
    }
    const length = utf8Length(text)
    if (length > limit) return { code: 'TEXT_TOO_LONG', field, message: `the ${field} has ${length} bytes, the limit is ${limit}`, fix: 'split it into several records' }
  }
  return null
}

/** Fails with the fault's code when a record may not be kept as it stands, normal form included. */
export function checkRecord(record: RecordContent, place: string): void {
  const fault = recordFault(record)
  if (fault) fail(fault.code, `${place}: ${fault.message}`, { field: `${place}.${fault.field}`, fix: fault.fix })
  const normal = normaliseRecord(record)
  const field = normal.prompt !== record.prompt ? 'prompt' : normal.completion !== record.completion ? 'completion' : null
  if (field) fail('NOT_NORMAL', `${place}: the ${field} is not in normal form`, { field: `${place}.${field}`, fix: 'use NFC, line feeds only, and no white space around the text' })
}
