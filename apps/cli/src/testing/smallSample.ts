import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sampleRecords } from '../up/sampleRecords.ts'

/** An empty data folder and a sample of `perContributor` records of each contributor, for tests. */
export async function smallSample(perContributor: number): Promise<{ data: string; sampleFile: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'openledger-loop-'))
  const sampleFile = path.join(folder, 'records.jsonl')
  const lines = [...(await sampleRecords()).values()].flatMap((records) => records.slice(0, perContributor).map((r) => JSON.stringify(r)))
  await writeFile(sampleFile, `${lines.join('\n')}\n`)
  return { data: path.join(folder, 'data'), sampleFile }
}

/** The options of `up` for tests: free ports, a short training, settlement on demand. */
export const testUp = { json: true, port: 0, epochSeconds: 0, disputeWindow: 1, sample: true, sampleEpochs: 6, threads: 1 } as const
