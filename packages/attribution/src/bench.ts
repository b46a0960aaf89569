/**
 * Prints what attribution costs on this machine: `npx tsx packages/attribution/src/bench.ts [tokens] [atoms] [parameters]`.
 * The text is synthetic: Zipf-like tokens with one record in ten a partial copy of an earlier one; answers are half quotation.
 */
import { performance } from 'node:perf_hooks'
import type { Hex } from '@openledger/protocol'
import { buildInfluenceTable, encodeSpanIndex, quantizeBlocks, readSpanIndex, scoreAtoms, SpanFinder, buildSpanIndex, suffixArray, verifySuffixArray, type SpanRecord } from './index.ts'

const [tokens = 1_000_000, atomCount = 16, parameters = 2_400_000] = process.argv.slice(2).map(Number)
let state = 1
const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
const token = (): number => Math.floor(4096 ** random()) - 1
const timed = <T>(label: string, unit: (ms: number) => string, work: () => T): T => {
  const start = performance.now()
  const result = work()
  const ms = performance.now() - start
  console.log(`${label.padEnd(34)} ${ms.toFixed(1).padStart(9)} ms  ${unit(ms)}`)
  return result
}

const records: SpanRecord[] = []
for (let count = 0; count < tokens; count += 60) {
  const fresh = Array.from({ length: 48 }, token)
  const copied = records.length > 10 && random() < 0.1 ? records[Math.floor(random() * records.length)].completion : undefined
  const id: Hex = `0x${records.length.toString(16).padStart(64, '0')}`
  records.push({ recordId: id, contributor: records.length % 256, commitOrder: records.length, prompt: Array.from({ length: 12 }, token), completion: copied ? [...fresh.slice(0, 20), ...Array.from(copied).slice(20)] : fresh })
}
const contributors = Array.from({ length: 256 }, (_, k): Hex => `0x${k.toString(16).padStart(40, '0')}`)
const rate = (ms: number): string => `${((4 * tokens) / 1000 / ms).toFixed(1)} MB/s of 32-bit tokens`

const index = timed('build index', rate, () => buildSpanIndex(records, contributors))
timed('  of which suffix array', rate, () => suffixArray(index.text, index.alphabet))
timed('verify suffix array', rate, () => verifySuffixArray(index.text, index.suffixes))
const bytes = timed('write index', rate, () => encodeSpanIndex(index))
timed('read and check index', rate, () => readSpanIndex(bytes))
const finder = timed('open finder', rate, () => new SpanFinder(index))

const answers = Array.from({ length: 2000 }, () => {
  const quote = (): number[] => Array.from(records[Math.floor(random() * records.length)].completion).slice(4, 40)
  return [...Array.from({ length: 30 }, token), ...quote(), ...Array.from({ length: 30 }, token), ...quote()]
})
finder.find(answers[0])
const times: number[] = []
let spans = 0
for (const answer of answers) {
  const start = performance.now()
  spans += finder.find(answer).length
  times.push(performance.now() - start)
}
times.sort((a, b) => a - b)
console.log(`spans of a 132-token answer: p50 ${times[1000].toFixed(3)} ms, p99 ${times[1980].toFixed(3)} ms, ${(spans / answers.length).toFixed(2)} spans each`)

const vector = (): Float32Array => Float32Array.from({ length: parameters }, () => random() - 0.5)
const responses = Array.from({ length: atomCount }, vector)
const atoms = responses.map((_, a) => ({ contributor: contributors[a % 256], trainingWeight: 1 }))
const zero: Hex = `0x${'0'.repeat(64)}`
const table = timed('quantise and hash table', (ms) => `${((4 * atomCount * parameters) / 1000 / ms).toFixed(0)} MB/s`, () => buildInfluenceTable(responses, { method: 'trajectory', adapterId: zero, baseId: zero, atoms }))
const query = quantizeBlocks(vector())
for (let k = 0; k < 3; k++) timed(`score ${atomCount} atoms × ${parameters}`, (ms) => `${((atomCount * parameters) / 1e6 / ms).toFixed(2)} G products/s`, () => scoreAtoms(table, query))
