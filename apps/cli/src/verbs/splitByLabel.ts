import type { DraftRecord } from '@openledger/datanet'
import { fail } from '@openledger/protocol'

export type Selection = {
  /** Only these labels, in this order; default: all, in the order of the file. */
  only?: readonly string[]
  /** At most this many records of each label; default: all. */
  take?: number
}

export type Labelled = { label: string; key: string; records: DraftRecord[] }

/** The name of the key that stands for a label: lower case, digits and hyphens. */
export function keyOfLabel(label: string): string {
  const key = label.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 64)
  return key === '' ? fail('BAD_LABEL', `the label "${label.slice(0, 40)}" gives no key name`, { field: '--by-column', fix: 'use labels with letters or digits a–z, 0–9' }) : key
}

/**
 * Divides records by their contributor's label.
 * @throws InputError NO_LABEL, UNKNOWN_LABEL, BAD_LABEL, or SAME_KEY when two labels would share a key
 */
export function splitByLabel(records: readonly DraftRecord[], { only, take = Number.POSITIVE_INFINITY }: Selection): Labelled[] {
  const groups = new Map<string, DraftRecord[]>()
  for (const record of records) {
    const { contributor } = record
    if (contributor === undefined) {
      fail('NO_LABEL', `line ${record.line} names no contributor`, { field: '--by-column', fix: 'give every record a contributor, or name one for all with --as' })
    }
    const group = groups.get(contributor) ?? []
    if (group.length < take) group.push(record)
    groups.set(contributor, group)
  }
  const unknown = only?.find((label) => !groups.has(label))
  if (unknown !== undefined) fail('UNKNOWN_LABEL', `no record is labelled "${unknown}"`, { field: '--only', fix: `the labels are ${[...groups.keys()].slice(0, 40).join(', ')}` })
  const labels = only ? [...new Set(only)] : [...groups.keys()]
  const keys = new Map<string, string>()
  return labels.map((label) => {
    const key = keyOfLabel(label)
    const other = keys.get(key)
    if (other !== undefined) fail('SAME_KEY', `the labels "${other}" and "${label}" would use one key, "${key}"`, { field: '--by-column', fix: 'rename one of them' })
    keys.set(key, label)
    return { label, key, records: groups.get(label)! }
  })
}
