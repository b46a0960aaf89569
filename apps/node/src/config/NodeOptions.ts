import { fail, parseOpen, type Network } from '@openledger/protocol'
import type { LocalAccount } from 'viem'
import type { EngineSettings } from '../engine/Engine.ts'
import type { DataFolderLock } from '../storage/lockDataFolder.ts'
import type { S3Settings } from '../storage/S3Settings.ts'
import { diskFiles, type JournalFiles } from '../journal/JournalFiles.ts'
import { systemClock, type Clock } from './Clock.ts'
import { jsonLog, type Log } from './Log.ts'

export type NodeOptions = {
  dataDir: string
  /** The ledger; its `rpcUrl` is used unless another is given. */
  network: Network
  rpcUrl?: string
  engine: EngineSettings
  /** Address to listen on. Default 127.0.0.1. */
  host?: string
  /** Port to listen on; 0 is any free one. Default 7800. */
  port?: number
  /** More names by which this node may be called (the Host header). */
  hosts?: readonly string[]
  /** Pages of these origins may call the API from a browser, such as https://app.example. Default none: the node's own page alone. */
  origins?: readonly string[]
  /** Default: `keys/node.json` and `keys/gateway.json` of the data folder, made when missing. */
  keys?: { node: LocalAccount; gateway: LocalAccount }
  /** postgres://user:password@host:5432/database, in place of the embedded database in the data folder. */
  database?: string
  /** A bucket that holds the content, in place of the folder, which then only keeps what passed through. */
  content?: S3Settings
  /** A lock that the caller holds on the data folder; the node takes and releases its own otherwise. */
  lock?: DataFolderLock
  /** Pause between settlements, milliseconds; 0 settles on demand alone. Default 60,000. */
  settlementMs?: number
  /** How much a channel may owe without a voucher before another answer begins, smallest unit. Default 0.05 OPEN. */
  creditLimit?: bigint
  /** How much may be answered in all before a channel's first voucher, smallest unit. Default 1 OPEN. */
  firstVoucherCap?: bigint
  /** After how long without an answer a channel is closed and its rest given back, milliseconds; 0 never. Default 30 days. */
  channelIdleMs?: number
  /** Tokens of an answer when the caller names no limit. Default 256. */
  defaultMaxTokens?: number
  /** Within how many seconds an answer must be attributed, at most a week; after that the node loses its part of the fee. Default 600. */
  attributionSeconds?: number
  /** Within how many seconds after it was paid for and attributed a receipt is settled: what the gateway promises, at most 30 days. Default a day. */
  inclusionSeconds?: number
  /** Answers that can wait to be attributed; beyond that no model with an adapter answers. Default 1,000. */
  maxAttributions?: number
  /** Pause between two looks at the chain, milliseconds. Default 250. */
  pollMs?: number
  /** Calls that one caller may make in a minute. Default 6,000. */
  callsPerMinute?: number
  /** How long answers in progress may take when the node stops, milliseconds. Default 20,000. */
  drainMs?: number
  /** Whether answers are computed here too, not by other nodes alone. Default true. */
  answersHere?: boolean
  /** Publish the base's weight file in the content store when it is at most this large, bytes. Default 64 MiB. */
  publishBaseBytes?: number
  /** Serve the page. Default true. */
  page?: boolean
  /** Collect figures of the process for Prometheus. Default true. */
  processMetrics?: boolean
  /** The journal's file operations; default: the machine's. */
  journalFiles?: JournalFiles
  clock?: Clock
  log?: Log
}

/** Options with every default filled in. */
export type FullNodeOptions = Required<Omit<NodeOptions, 'keys' | 'lock' | 'database' | 'content'>> & Pick<NodeOptions, 'keys' | 'lock' | 'database' | 'content'>

const weekSeconds = 604_800
const monthSeconds = 2_592_000

/** Whether a text is an origin as browsers write it. Patterns are none: whoever may call is named. */
const isOrigin = (text: string): boolean => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text

/** Fills in the defaults. @throws InputError BAD_OPTION */
export function fullNodeOptions(options: NodeOptions): FullNodeOptions {
  const defaults = {
    rpcUrl: options.network.rpcUrl,
    host: '127.0.0.1',
    port: 7800,
    hosts: [],
    origins: [],
    settlementMs: 60_000,
    creditLimit: parseOpen('0.05'),
    firstVoucherCap: parseOpen('1'),
    channelIdleMs: 30 * 86_400_000,
    defaultMaxTokens: 256,
    attributionSeconds: 600,
    inclusionSeconds: 86_400,
    maxAttributions: 1000,
    pollMs: 250,
    callsPerMinute: 6000,
    drainMs: 20_000,
    answersHere: true,
    publishBaseBytes: 64 * 1024 * 1024,
    page: true,
    processMetrics: true,
    journalFiles: diskFiles,
    clock: systemClock,
    log: jsonLog(),
  }
  // A default gives way to what is given, not to an option that is there but undefined.
  const named = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as NodeOptions
  const full = { ...defaults, ...named } as FullNodeOptions
  for (const origin of full.origins) if (!isOrigin(origin)) fail('BAD_OPTION', `"${origin.slice(0, 80)}" is not an origin`, { field: 'origins', fix: 'name it as browsers do: scheme, host and port, such as https://app.example' })
  const { attributionSeconds: seconds, inclusionSeconds: promised, maxAttributions: most } = full
  if (!Number.isSafeInteger(seconds) || seconds < 1 || seconds > weekSeconds) fail('BAD_OPTION', `attributionSeconds is ${seconds}, not a whole number from 1 to ${weekSeconds}`, { field: 'attributionSeconds' })
  if (!Number.isSafeInteger(promised) || promised < 1 || promised > monthSeconds) fail('BAD_OPTION', `inclusionSeconds is ${promised}, not a whole number from 1 to ${monthSeconds}`, { field: 'inclusionSeconds' })
  if (!Number.isSafeInteger(most) || most < 1) fail('BAD_OPTION', `maxAttributions is ${most}, not a whole number from 1`, { field: 'maxAttributions' })
  return full
}
