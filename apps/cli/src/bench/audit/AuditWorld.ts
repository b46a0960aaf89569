import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  buildInfluenceTable,
  buildSpanIndex,
  encodeInfluenceTable,
  encodeSpanIndex,
  readInfluenceTable,
  readSpanIndex,
  snapshotCorpus,
  type CorpusRecord,
  type InfluenceTable,
  type SpanIndex,
} from '@openledger/attribution'
import type { EngineHost, ModelInfo } from '@openledger/engine'
import { recordId, toHex, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { sampleRecords } from '../../up/sampleRecords.ts'
import type { AuditBenchSettings } from './AuditBenchSettings.ts'

/** What answers are attributed by: as a run publishes it. */
export type AuditWorld = { records: CorpusRecord[]; adapterId: Hex; adapterFolder: string; table: InfluenceTable; index: SpanIndex }

const addressOf = (name: string): Address => toHex(createHash('sha256').update(name).digest().subarray(0, 20)) as Address

/** The records of a file, of each contributor equally many as far as they go. */
export async function benchRecords({ records, recordLimit }: Pick<AuditBenchSettings, 'records' | 'recordLimit'>): Promise<CorpusRecord[]> {
  const groups = [...(await sampleRecords(records))]
  const each = Math.ceil(recordLimit / groups.length)
  return groups.flatMap(([name, list]) => list.slice(0, each).map(({ prompt, completion }) => ({ recordId: recordId({ prompt, completion }), contributor: addressOf(name), weight: 1, prompt, completion })))
}

/** Trains the bench's adapter, or reads it from the work folder when it was trained before with the same settings. */
export async function openAuditWorld(host: EngineHost, info: ModelInfo, settings: AuditBenchSettings): Promise<AuditWorld> {
  const records = await benchRecords(settings)
  const key = createHash('sha256').update(JSON.stringify([info.id, records.map((r) => r.recordId), settings.epochs])).digest('hex').slice(0, 16)
  const folder = path.join(settings.work, `world-${key}`)
  const [adapterFolder, tableFile, indexFile] = ['adapter', 'table.bin', 'index.bin'].map((name) => path.join(folder, name)) as [string, string, string]
  if (!existsSync(indexFile)) {
    mkdirSync(folder, { recursive: true })
    const tokenizer = {
      endOfTurn: info.eos,
      tokenize: (text: string) => host.tokenize(text, { addSpecial: false }),
      encodeChat: (messages: readonly { role: string; content: string }[], open: boolean) => host.encodeChat(messages, open),
    }
    const corpus = await snapshotCorpus(records, tokenizer, 257)
    const recipe = { epochs: settings.epochs, batchSize: 16, rank: 8 }
    const { adapterId, contributions } = await host.train({ examples: corpus.examples, recipe, contributors: corpus.contributors.length, outputFolder: adapterFolder })
    const atoms = corpus.contributors.map((contributor, i) => ({ contributor, trainingWeight: corpus.weights[i] ?? 0 }))
    writeFileSync(tableFile, encodeInfluenceTable(buildInfluenceTable(contributions, { method: 'trajectory', adapterId, baseId: info.id, atoms })))
    writeFileSync(indexFile, encodeSpanIndex(buildSpanIndex(corpus.spanRecords, corpus.contributors)))
  }
  const adapterId = await host.registerAdapter(adapterFolder)
  return { records, adapterId, adapterFolder, table: readInfluenceTable(readFileSync(tableFile)), index: readSpanIndex(readFileSync(indexFile)) }
}
