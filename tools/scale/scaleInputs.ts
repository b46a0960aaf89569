import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
const readJson = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'))

type Bytes = {
  tokens: { prompt: number; answer: number }
  journalBytes: { receipt: number; voucher: number; attribution: number }
  tableBytes: number
  epochFileBytes: number
  queryVectorBytes: number
  record: { journalBytes: number; contentBytes: number; tableBytes: number }
}

/** Measured figures: bytes by docs/bench/bytes.json, gas by contracts/gas/transactions.json, the rest copied with its page. */
export const measured = {
  bytes: readJson('docs/bench/bytes.json') as Bytes,
  gas: Object.fromEntries(Object.entries(readJson('contracts/gas/transactions.json') as Record<string, string>).map(([name, gas]) => [name, Number(gas)])),
  /** Parameters of the adapter whose query vector stands in bytes.json (docs/attribution.md). */
  sampleParameters: 149_504,
  /** docs/measured.md, "The gateway's own work": seconds of one core. */
  requestSeconds: 0.0018,
  tokenSeconds: 16.6e-6,
  sealSeconds: 0.000195,
  /** docs/attribution.md, "Measured": seconds of one core for 256 atoms of 2.4 million parameters. */
  scoreSeconds: 0.047,
  /** docs/attribution.md, "Measured": of the span index, bytes a token on disk, bytes a symbol in memory. */
  indexDiskBytes: 8.8,
  indexMemoryBytes: 24.6,
  /** docs/measured.md, "Serving": tokens a second of two cores, 135 M parameters in Q8_0, 32 adapters of rank 8. */
  serveTokens: 335,
  /** docs/protocol.md: gas of a drawn answer of 1,024 tokens with three members. */
  executionCaseGas: 1_300_000,
  /** apps/node/src/settlement/Settlement.ts: receipts after which an epoch takes no further channel, and one epoch a turn. */
  epochReceipts: 10_000,
}

/** What nobody has measured: changed here, the page changes. */
export const assumed = {
  promptTokens: 300,
  answerTokens: 256,
  /** Bytes that a token adds to a bundle in JSON: its id, its text; an answer's token also a logits hash of 69. */
  promptTokenBytes: 10,
  answerTokenBytes: 80,
  peak: 3,
  answersPerPayerDay: 1000,
  recordsPerContributor: 1000,
  recordsPerContribution: 100,
  tokensPerRecord: 60,
  symbolsPerToken: 1.033,
  adapterParameters: 2_400_000,
  adapterBytesPerParameter: 2,
  atoms: 256,
  claimsPerYear: 12,
  collectionsPerDay: 1,
  gasPriceGwei: 0.01,
  blockGas: 30_000_000,
  blockSeconds: 2,
  objectStoreMonth: 0.02,
  diskMonth: 0.1,
  coreMonth: 15,
  auditEvery: 10_000,
}

/** The sizes of the network that the page plans for. */
export const sizes = [
  { nodes: 1, answers: 1e4, adapters: 100, records: 1e5 },
  { nodes: 10, answers: 1e5, adapters: 1e3, records: 1e6 },
  { nodes: 100, answers: 1e6, adapters: 1e4, records: 1e7 },
  { nodes: 1000, answers: 1e7, adapters: 1e5, records: 1e8 },
  { nodes: 10_000, answers: 1e8, adapters: 1e6, records: 1e9 },
]
