import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { Hex, OpenLedgerError } from '@openledger/protocol'
import { type Adapter, adapterBytes } from '../../adapter/Adapter.ts'
import { adapterConfigHash } from '../../adapter/AdapterConfig.ts'
import type { LoadedAdapter } from '../../forward/LoadedAdapter.ts'

/** Frequencies stop here, so that what was once used a million times still ages. */
const mostFrequent = 255
const smoothing = 0.25

/** What is kept of a registered adapter, wherever its tensors are; some hundred bytes while they are on disk alone. */
export type AdapterRecord = {
  readonly id: Hex
  /** Folder or file; null when it was given in memory. */
  path: string | null
  /** Given in memory: its tensors stay in host memory. */
  readonly fixed: boolean
  /** Bytes of its tensors in F32. */
  readonly bytes: number
  fileBytes: number
  /** Sizes and times of the files when they were read last. */
  fingerprint: string
  readonly configHash: Hex
  /** Modules and ranks, e.g. `attn_q r8,attn_v r8`; the same text for all adapters whose factors have the same shapes. */
  readonly layout: string
  /** Uses, halved whenever it leaves the window. */
  frequency: number
  /** Moving averages of how long it took to load; milliseconds. */
  diskMs: number
  hostMs: number
  host: Adapter | null
  loaded: LoadedAdapter | null
  /** Leases that steps hold. */
  uses: number
  /** Requests that were accepted and may still need it. */
  holds: number
  pinned: boolean
  /** Removed: only who holds it may still use it. */
  retired: boolean
  reading: Promise<Adapter> | null
  failure: { error: OpenLedgerError; attempts: number; retryAt: number } | null
}

const texts = new Map<string, string>()

/** What to remember of an adapter that was read from `path`, or of one in memory alone. @param diskMs how long reading it took */
export function recordOf(adapter: Adapter, place: { path: string; fileBytes: number; fingerprint: string; diskMs: number } | null): AdapterRecord {
  return {
    id: compact(adapter.id),
    path: place && compact(resolve(place.path)),
    fixed: place === null,
    bytes: adapterBytes(adapter),
    fileBytes: place?.fileBytes ?? 0,
    fingerprint: compact(place?.fingerprint ?? ''),
    configHash: shared(adapterConfigHash(adapter.config)),
    layout: layoutOf(adapter),
    frequency: 0,
    diskMs: place?.diskMs ?? 0,
    hostMs: 0,
    host: null,
    loaded: null,
    uses: 0,
    holds: 0,
    pinned: false,
    retired: false,
    reading: null,
    failure: null,
  }
}

/** Equal for adapters whose factors have equal shapes in every layer, and for no others. */
function layoutOf(adapter: Adapter): string {
  const layers = adapter.layers.map((layer) => Object.entries(layer).map(([module, { rank }]) => `${module} r${rank}`).sort().join())
  const regular = layers.every((layer) => layer === layers[0])
  const modules = [...new Set(layers.flatMap((layer) => layer.split(',')))].filter((module) => module !== '').sort().join()
  const text = regular ? modules : `${modules} in part #${createHash('sha256').update(layers.join('\n')).digest('hex').slice(0, 32)}`
  return shared(text)
}

/** One copy of texts that many records hold. */
function shared<Text extends string>(text: Text): Text {
  const known = texts.get(text)
  if (known !== undefined) return known as Text
  if (texts.size >= 1024) texts.clear()
  texts.set(text, text)
  return text
}

/** The same text in one piece: one that was put together keeps all its parts in memory. */
function compact<Text extends string>(text: Text): Text {
  return Buffer.from(text, 'utf8').toString('utf8') as Text
}

/** Notes one more use. */
export function countUse(record: AdapterRecord): void {
  record.frequency = Math.min(record.frequency + 1, mostFrequent)
}

/** A moving average with one more sample; the first sample is the average. */
export function smoothed(average: number, sample: number): number {
  return average === 0 ? sample : average + smoothing * (sample - average)
}
