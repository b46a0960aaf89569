import { readFile } from 'node:fs/promises'
import { samplePath } from '@openledger/node'
import { fail } from '@openledger/protocol'

/** A record of the sample datanet, with the handle of its contributor. */
export type SampleRecord = { contributor: string; prompt: string; completion: string }

const isRecord = (value: unknown): value is SampleRecord =>
  typeof value === 'object' && value !== null && ['contributor', 'prompt', 'completion'].every((key) => typeof (value as Record<string, unknown>)[key] === 'string')

function readLine(line: string, number: number, file: string): SampleRecord {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    value = undefined
  }
  return isRecord(value) ? value : fail('BAD_SAMPLE', `line ${number} of ${file} is not {"contributor", "prompt", "completion"}`, { field: '--sample-file', fix: 'correct that line' })
}

/** Labelled records by contributor, in the order of the file. @param file JSON lines; default: the sample datanet of this project */
export async function sampleRecords(file: string = samplePath()): Promise<Map<string, SampleRecord[]>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => fail('NO_SAMPLE', `${file} cannot be read`, { cause, field: '--sample-file', fix: 'name a file that exists' }))
  const groups = new Map<string, SampleRecord[]>()
  text.split('\n').forEach((line, i) => {
    if (line === '') return
    const record = readLine(line, i + 1, file)
    groups.set(record.contributor, [...(groups.get(record.contributor) ?? []), record])
  })
  return groups
}
