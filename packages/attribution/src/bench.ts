/**
 * Prints what attribution costs on this machine, with its targets: `npx tsx packages/attribution/src/bench.ts [tokens] [atoms] [parameters]`.
 * The text is synthetic: Zipf-like tokens, one record in ten a partial copy of an earlier one, a notice that stands in every fifth
 * record, and records that repeat one token. Times are processor time of this process, so that other work on the machine does not
 * count; MB are of 32-bit tokens, 4 bytes each, separators not counted.
 */
import { performance } from 'node:perf_hooks'
import type { Hex } from '@openledger/protocol'
import {
  buildInfluenceTable, buildSpanIndex, buildSpanShards, encodeSpanIndex, planShards, quantizeBlocks, readSpanIndex, runningSums, scoreAtoms, SpanFinder, suffixArray, verifySuffixArray,
  type SpanRecord,
} from './index.ts'
import { spansByScanning } from './spans/spansByScanning.ts'
import { prepareSpans } from './spans/SpanStructures.ts'

const [tokens = 1_000_000, atomCount = 256, parameters = 2_400_000] = process.argv.slice(2).map(Number)
let state = 1
const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32
const below = (n: number): number => Math.floor(random() * n)
const token = (): number => Math.floor(4096 ** random()) - 1

/** Processor time of a piece of work, in ms. */
function spent<T>(work: () => T): { ms: number; result: T } {
  const before = process.cpuUsage()
  const result = work()
  const { user, system } = process.cpuUsage(before)
  return { ms: (user + system) / 1000, result }
}

const rows: string[] = []
function report(label: string, ms: number, figure: string, target?: { text: string; met: boolean }): void {
  rows.push(`| ${label} | ${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms | ${figure} | ${target ? `${target.text}: ${target.met ? 'met' : 'MISSED'}` : ''} |`)
  console.log(rows.at(-1))
}
const rateOf = (ms: number): number => (4 * tokens) / 1000 / ms
const rate = (ms: number): string => `${rateOf(ms).toFixed(1)} MB/s`

console.log(`${tokens} tokens, ${atomCount} atoms of ${parameters} parameters\n| what | time | figure | target |\n| --- | --- | --- | --- |`)
const notice = Array.from({ length: 16 }, (_, k) => 50 + k)
const filler = 7
const records: SpanRecord[] = []
for (let count = 0; count < tokens; count += records.at(-1)!.prompt.length + records.at(-1)!.completion.length) {
  const k = records.length
  const completion = Int32Array.from({ length: k % 500 === 499 ? 4096 : 48 }, () => (k % 500 === 499 ? filler : token()))
  if (k % 500 !== 499 && k > 10 && random() < 0.1) completion.set(Array.from(records[below(k)].completion).slice(20, 48), 20)
  if (k % 5 === 0) completion.set(notice, 30)
  records.push({ recordId: `0x${k.toString(16).padStart(64, '0')}`, contributor: k % 256, commitOrder: k, prompt: Int32Array.from({ length: 12 }, token), completion })
}
const contributors = Array.from({ length: 256 }, (_, k): Hex => `0x${k.toString(16).padStart(40, '0')}`)

const { ms: buildMs, result: index } = spent(() => buildSpanIndex(records, contributors))
report('build index', buildMs, rate(buildMs), { text: '≥ 20 MB/s', met: rateOf(buildMs) >= 20 })
const sorted = spent(() => suffixArray(index.text, index.alphabet)).ms
report('— its suffix array', sorted, rate(sorted))
const verified = spent(() => verifySuffixArray(index.text, index.suffixes)).ms
report('— verify suffix array', verified, rate(verified))
const { ms: writeMs, result: bytes } = spent(() => encodeSpanIndex(index))
report('write index', writeMs, `${(bytes.length / tokens).toFixed(1)} bytes per token`)
const readMs = spent(() => readSpanIndex(bytes)).ms
report('read and check index', readMs, rate(readMs))
const { ms: openMs, result: finder } = spent(() => new SpanFinder(index))
/** Bytes of the arrays that a value holds, the index's own suffix array once. */
function heldBytes(value: unknown): number {
  if (ArrayBuffer.isView(value)) return value.byteLength
  return typeof value === 'object' && value !== null ? Object.values(value).reduce<number>((sum, part) => sum + heldBytes(part), 0) : 0
}
const { suffixes: _own, ...structures } = prepareSpans(index, new Set())
const { recordIds: _ids, contributors: _addresses, ...arrays } = index
report('open finder', openMs, `${rate(openMs)}, ${((heldBytes(arrays) + heldBytes(structures)) / index.text.length).toFixed(1)} bytes of arrays per symbol`)
const revoked = new Set(records.filter((_, k) => k % 97 === 0).map((r) => r.recordId))
const { ms: revokeMs, result: without } = spent(() => new SpanFinder(index, revoked))
report(`open finder, ${revoked.size} records revoked`, revokeMs, rate(revokeMs))

const quote = (): number[] => Array.from(records[below(records.length)].completion).slice(4, 40)
const noise = (length: number): number[] => Array.from({ length }, token)
const answers: Record<string, () => number[]> = {
  '132 tokens, half quoted': () => [...noise(30), ...quote(), ...noise(30), ...quote()],
  '2,048 tokens, half quoted': () => Array.from({ length: 24 }, () => [...noise(49), ...quote()]).flat().slice(0, 2048),
  '2,048 times one token of long runs': () => Array<number>(2048).fill(filler),
  '2,048 times the commonest token': () => Array<number>(2048).fill(0),
  '2,048 tokens, two in turn': () => Array.from({ length: 2048 }, (_, i) => i % 2),
  '2,048 tokens of a notice in every fifth record': () => Array.from({ length: 128 }, () => notice).flat(),
}
for (const [name, make] of Object.entries(answers)) {
  for (const [finderName, used] of [['', finder], [', some revoked', without]] as const) {
    const times: number[] = []
    let spans = 0
    for (let k = 0; k < 500; k++) {
      const answer = make()
      const { ms, result } = spent(() => used.find(answer))
      spans += result.length
      times.push(ms)
    }
    times.sort((a, b) => a - b)
    report(`spans of ${name}${finderName}`, times[250], `p99 ${times[494].toFixed(2)} ms, ${(spans / 500).toFixed(1)} spans each`, { text: 'p99 ≤ 10 ms', met: times[494] <= 10 })
  }
}

const samples = Array.from({ length: 10 }, () => [...noise(12), ...quote(), ...noise(4), ...quote().slice(6)])
const { ms: scanMs, result: scanned } = spent(() => samples.map((answer) => spansByScanning(records, answer)))
const foundSpans = samples.map((answer) => finder.find(answer).map(({ start, length, weight, occurrences, records: holders, contributors: owners, source }) => JSON.stringify({ start, length, weight, occurrences, records: holders, contributors: owners, source: source.recordId })))
const expectedSpans = scanned.flatMap((spans, k) => spans.map((span) => ({ k, text: JSON.stringify(span) })))
const recalled = expectedSpans.filter(({ k, text }) => foundSpans[k].includes(text)).length
const extra = foundSpans.flat().length - recalled
report('brute force over 10 answers', scanMs, `recall ${recalled} of ${expectedSpans.length}, ${extra} others found`, { text: '100 %', met: recalled === expectedSpans.length && extra === 0 })

const counts = planShards(records, Math.ceil(index.text.length / 8) + 5000)
const { ms: shardsMs, result: shards } = spent(() => buildSpanShards(records, contributors, counts))
report(`build ${counts.length} shards`, shardsMs, rate(shardsMs))
const divided = new SpanFinder(shards)
for (const name of ['132 tokens, half quoted', '2,048 tokens, half quoted', '2,048 tokens of a notice in every fifth record']) {
  const same = Array.from({ length: 200 }, () => answers[name]())
  const times = same.map((answer) => spent(() => divided.find(answer)).ms).sort((x, y) => x - y)
  const equal = same.slice(0, 20).every((answer) => JSON.stringify(divided.find(answer)) === JSON.stringify(finder.find(answer)))
  report(`spans of ${name}, ${counts.length} shards`, times[100], `p99 ${times[197].toFixed(2)} ms`, { text: 'as over one index', met: equal })
}

const vector = (): Float32Array => Float32Array.from({ length: parameters }, () => random() - 0.5)
const zero: Hex = `0x${'0'.repeat(64)}`
const responses = Array.from({ length: atomCount }, vector)
const { ms: tableMs, result: table } = spent(() =>
  buildInfluenceTable(responses, { method: 'trajectory', adapterId: zero, baseId: zero, atoms: responses.map((_, a) => ({ contributor: contributors[a % 256], trainingWeight: 1 })) }),
)
report('quantise and hash table', tableMs, `${((4 * atomCount * parameters) / 1000 / tableMs).toFixed(0)} MB/s`)
const query = quantizeBlocks(vector())
const products = (ms: number): string => `${((atomCount * parameters) / 1e6 / ms).toFixed(1)} G products/s`
const first = spent(() => scoreAtoms(table, query)).ms
report('scores, table not yet in memory', first, products(first))
const second = spent(() => scoreAtoms(table, query)).ms
report('scores, table loaded on the way', second, products(second))
const repeated = Array.from({ length: 9 }, () => spent(() => scoreAtoms(table, query)).ms).sort((a, b) => a - b)
report('scores', repeated[4], products(repeated[4]), { text: '≤ 60 ms', met: repeated[4] <= 60 })
const plain = spent(() => table.atoms.reduce((sum, { values }) => values.reduce((s, v) => (s + v) | 0, sum), 0)).ms
report('— reading the table once in TypeScript', plain, `${((atomCount * parameters) / 1e6 / plain).toFixed(1)} GB/s`)
const running = spent(() => runningSums(table, query)).ms
report('running sums for openings', running, products(running))
report('whole run', performance.now(), 'wall clock')
