import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const samplePath = fileURLToPath(new URL('../../../node/sample/records.jsonl', import.meta.url))

/** A record of the sample datanet, with the handle of its contributor. */
export type SampleRecord = { contributor: string; prompt: string; completion: string }

/** The sample datanet by contributor, in the order of the file. */
export async function sampleRecords(): Promise<Map<string, SampleRecord[]>> {
  const lines = (await readFile(samplePath, 'utf8')).split('\n').filter((line) => line !== '')
  const groups = new Map<string, SampleRecord[]>()
  for (const line of lines) {
    const record = JSON.parse(line) as SampleRecord
    groups.set(record.contributor, [...(groups.get(record.contributor) ?? []), record])
  }
  return groups
}
