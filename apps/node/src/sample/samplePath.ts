import { fileURLToPath } from 'node:url'

/** The file of the sample datanet: JSON lines of contributor, prompt and completion. */
export function samplePath(): string {
  return fileURLToPath(new URL('../../sample/records.jsonl', import.meta.url))
}
