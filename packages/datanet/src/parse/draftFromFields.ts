import { canonicalJson, OpenLedgerError, type Json } from '@openledger/protocol'
import { normaliseRecord, recordFault, utf8Length } from '../records/normaliseRecord.ts'
import { recordLimits } from '../records/recordLimits.ts'
import { reject, type DraftRecord, type Parsed } from './draftRecord.ts'

/** The names under which files carry prompt and completion; the first pair that is there counts. */
export const fieldPairs = [
  ['prompt', 'completion'],
  ['question', 'answer'],
  ['instruction', 'output'],
] as const

/** The pair of field names that a set of fields uses whole, or undefined. */
export function findPair(has: (field: string) => boolean): (typeof fieldPairs)[number] | undefined {
  return fieldPairs.find(([prompt, completion]) => has(prompt) && has(completion))
}

/** The pair of which a set of fields has one half, or undefined. */
export function findHalfPair(has: (field: string) => boolean): (typeof fieldPairs)[number] | undefined {
  return fieldPairs.find(([prompt, completion]) => has(prompt) || has(completion))
}

/**
 * Makes a draft record from the fields of one line, or says what is wrong with them.
 * @param names what the file calls prompt and completion
 * @param rest all other fields
 */
export function draftFromFields(line: number, names: readonly [string, string], values: readonly [unknown, unknown], contributorField: string, rest: Map<string, Json>): Parsed {
  for (const [i, name] of names.entries()) {
    const value = values[i]
    if (value === undefined || value === null) return reject(line, name, 'MISSING_FIELD', `the field "${name}" is missing`, `add "${name}" with the ${i === 0 ? 'question' : 'answer'}`)
    if (typeof value !== 'string') return reject(line, name, 'NOT_TEXT', `the field "${name}" is not text`, 'put the value in quotation marks')
  }
  const [prompt, completion] = values as [string, string]
  const content = normaliseRecord({ prompt, completion })
  const fault = recordFault(content)
  if (fault) {
    const name = names[fault.field === 'prompt' ? 0 : 1]
    return reject(line, name, fault.code, fault.message.replace(`the ${fault.field}`, `the field "${name}"`), fault.fix)
  }
  const record: DraftRecord = { ...content, line, metadata: {} }
  const label = rest.get(contributorField)
  if (label !== undefined && label !== null && label !== '') {
    if (typeof label !== 'string' || !label.isWellFormed() || /\p{Cc}/u.test(label) || utf8Length(label) > recordLimits.labelBytes) {
      return reject(line, contributorField, 'BAD_LABEL', `the field "${contributorField}" is not a label`, `write a name of at most ${recordLimits.labelBytes} bytes in quotation marks`)
    }
    record.contributor = label.normalize('NFC').trim()
  }
  rest.delete(contributorField)
  if (rest.size > recordLimits.metadataFields) return reject(line, 'line', 'METADATA_TOO_LARGE', `the line has ${rest.size} other fields, the limit is ${recordLimits.metadataFields}`, 'remove fields that the record does not need')
  const metadata: Record<string, Json> = Object.fromEntries(rest)
  try {
    const size = utf8Length(canonicalJson(metadata))
    if (size > recordLimits.metadataBytes) return reject(line, 'line', 'METADATA_TOO_LARGE', `the other fields have ${size} bytes, the limit is ${recordLimits.metadataBytes}`, 'remove fields that the record does not need')
  } catch (error) {
    if (!(error instanceof OpenLedgerError)) throw error
    return reject(line, 'line', error.code, `the other fields cannot be kept: ${error.message}`, 'remove the field or write it as text')
  }
  record.metadata = metadata
  return { record }
}
