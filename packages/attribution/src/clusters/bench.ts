/**
 * Prints what clusters find and what they merge falsely:
 * `npx tsx packages/attribution/src/clusters/bench.ts --records FILE [--model FILE] [--copies 300] [--limit N] [--work FOLDER]`.
 * FILE holds JSON lines of prompt and completion; the sample datanet is measured beside it. Of `copies` records each copy by rule is planted behind all
 * others, as somebody else's, a rule at a time. With a work folder, fingerprints are kept there, so a run that was cut off goes on.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { EngineHost } from '@openledger/engine'
import { recordId } from '@openledger/protocol'
import { clusterEvidence } from './clusterEvidence.ts'
import type { ClusterEvidence, ClusterRecord } from './ClusterRecord.ts'
import { encodeEvidence, readEvidence } from './encodeEvidence.ts'
import { findClusters } from './findClusters.ts'
import { recordText } from './RecordText.ts'
import { copiesByRule, factsByRule, type WrittenRecord } from './rewriteRecord.ts'

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const { values } = parseArgs({ options: { records: { type: 'string' }, model: { type: 'string' }, copies: { type: 'string' }, limit: { type: 'string' }, work: { type: 'string' } } })
const copies = Number(values.copies ?? 300)
const engine = new EngineHost({ threads: 1 })
const info = await engine.loadModel(values.model ?? here('../../../../models/tiny/weights/openledger-tiny.gguf'))
const tokenizer = {
  endOfTurn: info.eos,
  tokenize: (text: string) => engine.tokenize(text, { addSpecial: false }),
  encodeChat: (messages: readonly { role: string; content: string }[], open: boolean) => engine.encodeChat(messages, open),
}
const placed = (records: readonly WrittenRecord[]): ClusterRecord[] =>
  records.map(({ prompt, completion }, order) => {
    const number = order.toString(16)
    return { recordId: recordId({ prompt, completion }), contributionId: `0x${number.padStart(64, '0')}`, contributor: `0x${number.padStart(40, '0')}`, prompt, completion, order }
  })

let asked = 0
let spent = 0
async function evidenceOf(records: readonly WrittenRecord[]): Promise<ClusterEvidence[]> {
  const out: ClusterEvidence[] = []
  for (let from = 0; from < records.length; from += 256) {
    const part = placed(records.slice(from, from + 256)).map((record) => ({ ...record, weight: 1 }))
    const name = createHash('sha256').update(JSON.stringify([info.id, part.map((r) => r.recordId)])).digest('hex').slice(0, 24)
    const file = values.work === undefined ? undefined : path.join(values.work, `${name}.evidence`)
    if (file !== undefined && existsSync(file)) {
      out.push(...readEvidence(readFileSync(file)))
      continue
    }
    const start = performance.now()
    const found = await clusterEvidence(part, tokenizer, 257, engine)
    spent += performance.now() - start
    asked += part.length
    if (file !== undefined) {
      mkdirSync(values.work!, { recursive: true })
      writeFileSync(file, encodeEvidence(found))
    }
    out.push(...found)
  }
  return out
}

const row = (...cells: (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`)
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`

async function measure(title: string, file: string, limit: number): Promise<void> {
  const records = readFileSync(file, 'utf8').trim().split('\n').slice(0, limit).map((line) => JSON.parse(line) as WrittenRecord)
  // What the words alone merge, and what they would let any model merge: the bounds on false merges, whatever the base.
  const near = { simhash: new Uint8Array(1024), embedding: Int8Array.of(1) }
  const bounds = [undefined, records.map(() => near)].map((given) => findClusters({ records: placed(records), evidence: given }).filter(({ of }, i) => of !== i).length)
  console.log(`\n${title}: of ${records.length} records ${bounds[0]} are merged by words, ${bounds[1]} if the model called every pair near`)
  const evidence = await evidenceOf(records)
  const start = performance.now()
  const places = findClusters({ records: placed(records), evidence })
  const ms = performance.now() - start
  const merged = places.flatMap(({ of, method }, i) => (of === i ? [] : [{ of, i, method }]))
  const otherAnswer = merged.filter(({ of, i }) => recordText(records[of]!).answer.join(' ') !== recordText(records[i]!).answer.join(' '))
  console.log(`\n${title}: ${records.length} distinct records; merged ${merged.length} (${percent(merged.length / records.length)}), of them with another answer ${otherAnswer.length} (${percent(otherAnswer.length / records.length)}); ${ms.toFixed(0)} ms`)
  for (const { of, i, method } of otherAnswer.slice(0, 12)) console.log(`  ${method}: ${records[of]!.prompt} ${records[of]!.completion} || ${records[i]!.prompt} ${records[i]!.completion}`)

  const step = Math.max(1, Math.floor(records.length / copies))
  const chosen = records.map((_, i) => i).filter((i) => i % step === 0 && places[i]!.of === i).slice(0, copies)
  const plant = async (name: string, make: (i: number, turn: number) => WrittenRecord, wanted: boolean): Promise<void> => {
    const planted = chosen.map(make)
    const found = findClusters({ records: placed([...records, ...planted]), evidence: [...evidence, ...(await evidenceOf(planted))] })
    const by = new Map<string, number>()
    let [right, elsewhere] = [0, 0]
    chosen.forEach((source, k) => {
      const { of, method } = found[records.length + k]!
      if (of === records.length + k) return
      if (of === source) {
        right++
        by.set(method!, (by.get(method!) ?? 0) + 1)
      } else elsewhere++
    })
    const how = [...by].sort((a, b) => b[1] - a[1]).map(([method, n]) => `${method} ${n}`).join(', ')
    row(name, wanted ? 'merged' : 'apart', percent((wanted ? right : chosen.length - right - elsewhere) / chosen.length), elsewhere, how)
  }
  row('planted', 'should be', 'is', 'merged with yet another record', 'found as')
  row('---', '---', '---', '---', '---')
  for (const [name, make] of Object.entries(copiesByRule)) await plant(name, (i, turn) => make(records[i]!, turn), true)
  for (const [name, make] of Object.entries(factsByRule)) await plant(name, (i, turn) => make(records[i]!, records[chosen[(turn + 7) % chosen.length]!]!), false)
}

await measure('sample datanet', here('../../../../apps/node/sample/records.jsonl'), Infinity)
if (values.records !== undefined) await measure(path.basename(values.records), values.records, Number(values.limit ?? Infinity))
if (asked > 0) console.log(`\nfingerprints: ${asked} records, ${(spent / asked).toFixed(1)} ms each on one thread`)
for (const size of [25_000, 50_000, 100_000]) {
  const words = Array.from({ length: 5000 }, (_, i) => `w${((i * 7919) % 99991).toString(36)}`)
  const many = Array.from({ length: size }, (_, i) => ({ prompt: `What is ${words[i % 5000]} ${words[(i * 31) % 4999]}?`, completion: Array.from({ length: 12 }, (__, k) => words[(i * 17 + k * k * (i % 89)) % 5000]).join(' ') }))
  const list = placed(many)
  const start = performance.now()
  findClusters({ records: list })
  console.log(`${size} records without evidence: ${((performance.now() - start) / 1000).toFixed(1)} s`)
}
await engine.close()
