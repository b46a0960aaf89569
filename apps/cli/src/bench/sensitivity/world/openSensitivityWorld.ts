import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import { snapshotCorpus, type CorpusRecord } from '@openledger/attribution'
import { EngineHost, makeAdapter, ModelTokenizer, readPeftFolder, writePeftFolder, type Adapter, type AdapterBase, type ModelInfo } from '@openledger/engine'
import { recordId, toHex } from '@openledger/protocol'
import { tinyModelPath } from '@openledger/tiny'
import type { Address } from 'viem'
import { sampleRecords, type SampleRecord } from '../../../up/sampleRecords.ts'
import type { SensitivitySettings } from '../SensitivitySettings.ts'
import { halveRank, scaleAlpha } from './changedAdapters.ts'
import { writeCoarserBase } from './writeCoarserBase.ts'

/** Bases that a node can hold instead of the declared one, by the encoding of their matrices. */
export const coarserTypes = ['Q5_1', 'Q4_0'] as const

/** What a node can compute with: an adapter's PEFT folder, null for none. */
export type AdapterChoice = 'right' | 'other' | 'alpha 0.95' | 'alpha 0.9' | 'alpha 0.8' | 'half rank'
export type BaseChoice = 'declared' | (typeof coarserTypes)[number]

export type SensitivityWorld = {
  /** The records that the right adapter was trained on. */
  records: SampleRecord[]
  /** Weight files. */
  bases: Record<BaseChoice, string>
  /** PEFT folders, by base: the same tensors name another base there. */
  adapters: Record<BaseChoice, Partial<Record<AdapterChoice, string>>>
  /** Where what is measured in this world is kept. */
  folder: string
}

const addressOf = (name: string): Address => toHex(createHash('sha256').update(name).digest().subarray(0, 20)) as Address

/** The sample's records as two datanets: the contributors take turns. */
async function twoDatanets(limit: number): Promise<[SampleRecord[], SampleRecord[]]> {
  const halves: [SampleRecord[], SampleRecord[]] = [[], []]
  ;[...(await sampleRecords()).values()].forEach((records, i) => halves[(i % 2) as 0 | 1].push(...records))
  return halves.map((records) => records.slice(0, limit)) as [SampleRecord[], SampleRecord[]]
}

async function trained(host: EngineHost, info: ModelInfo, records: readonly SampleRecord[], epochs: number, folder: string): Promise<void> {
  if (existsSync(folder)) return
  const tokenizer = { endOfTurn: info.eos, tokenize: (text: string) => host.tokenize(text, { addSpecial: false }), encodeChat: (messages: readonly { role: string; content: string }[], open: boolean) => host.encodeChat(messages, open) }
  const corpus = await snapshotCorpus(
    records.map(({ contributor, prompt, completion }): CorpusRecord => ({ recordId: recordId({ prompt, completion }), contributor: addressOf(contributor), weight: 1, prompt, completion })),
    tokenizer,
    257,
  )
  await host.train({ examples: corpus.examples, recipe: { epochs }, contributors: corpus.contributors.length, checkpointDir: `${folder}.checkpoint`, outputFolder: `${folder}.part` })
  renameSync(`${folder}.part`, folder)
}

const changed = (adapter: Adapter, base: AdapterBase): Partial<Record<AdapterChoice, Adapter>> => ({
  'alpha 0.95': scaleAlpha(adapter, 0.95, base),
  'alpha 0.9': scaleAlpha(adapter, 0.9, base),
  'alpha 0.8': scaleAlpha(adapter, 0.8, base),
  'half rank': halveRank(adapter, base),
})

/**
 * Trains the adapters of two datanets and makes from them, and from the base, what lying nodes compute with; what an earlier run with the same settings made is taken
 * over. Training is by the recipe's defaults: rank 16, alpha 32, all linear modules.
 */
export async function openSensitivityWorld({ work, epochs, recordLimit, threads, variant }: Pick<SensitivitySettings, 'work' | 'epochs' | 'recordLimit' | 'threads' | 'variant'>): Promise<SensitivityWorld> {
  const declared = tinyModelPath()
  const [records, others] = await twoDatanets(recordLimit)
  const key = createHash('sha256').update(JSON.stringify([records, others, epochs, variant ?? null])).digest('hex').slice(0, 16)
  const folder = path.join(work, `world-${key}`)
  mkdirSync(folder, { recursive: true })
  const [right, other] = ['right', 'other'].map((name) => path.join(folder, name)) as [string, string]
  const host = new EngineHost({ variant, threads, slots: 1 })
  try {
    const info = await host.loadModel(declared)
    await trained(host, info, records, epochs, right)
    await trained(host, info, others, epochs, other)
  } finally {
    await host.close()
  }
  const bases: SensitivityWorld['bases'] = { declared, Q5_1: path.join(folder, 'Q5_1.gguf'), Q4_0: path.join(folder, 'Q4_0.gguf') }
  for (const type of coarserTypes) if (!existsSync(bases[type])) writeCoarserBase(declared, bases[type], type)
  const adapters: SensitivityWorld['adapters'] = { declared: { right, other }, Q5_1: {}, Q4_0: {} }
  let trainedOne: Adapter | undefined
  // The declared base comes first.
  for (const [name, file] of Object.entries(bases) as [BaseChoice, string][]) {
    const base = await ModelTokenizer.open(file)
    try {
      const made = name === 'declared' ? changed((trainedOne = readPeftFolder(right, base)), base) : { right: makeAdapter(trainedOne!.config, trainedOne!.layers, base) }
      for (const [choice, adapter] of Object.entries(made) as [AdapterChoice, Adapter][]) {
        const place = path.join(folder, `${name} ${choice}`)
        if (!existsSync(place)) writePeftFolder(place, adapter, base)
        adapters[name][choice] = place
      }
    } finally {
      base.dispose()
    }
  }
  return { records, bases, adapters, folder }
}
