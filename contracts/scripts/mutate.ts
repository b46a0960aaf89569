/**
 * Mutation testing: changes the contracts in one small place at a time and asks whether a test notices. Options:
 * --files A,B only these (`Stakes.sol`, `libraries/FeeSplit.sol`); --sample N so many of all, each file in proportion, drawn by the seed; --seed S (default 1);
 * --list names the mutants without trying them; --again tries survivors of before once more; --minutes M begins with no other after that time;
 * --part 1/2 tries every second of those drawn, from the first, so that several can work at once.
 * Goes on where it was stopped, with the fates in `contracts/cache/mutation/fates.jsonl`; survivors with a reason stand in `contracts/mutants.json`.
 * Many mutants share one compilation, in which the address of the block's producer chooses one of them; the others are compiled one by one.
 * The last line is "N killed, N alive, N explained", and the exit code is 1 below 90 % killed.
 */
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { forgePath } from './forge.ts'
import { drawMutants, intervalOf } from './mutation/drawMutants.ts'
import { findMutants, type Mutant } from './mutation/findMutants.ts'
import { MutantWorkshop, sourceFiles, sourceText, type Fate } from './mutation/MutantWorkshop.ts'
import { layMutants } from './mutation/switchMutants.ts'

const contracts = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: { files: { type: 'string' }, sample: { type: 'string' }, seed: { type: 'string', default: '1' }, minutes: { type: 'string' }, part: { type: 'string', default: '1/1' }, list: { type: 'boolean' }, again: { type: 'boolean' } },
})
const files = values.files?.split(',') ?? sourceFiles()
const all = files.flatMap((file) => findMutants(file, sourceText(file)))
const [part, parts] = values.part.split('/').map(Number) as [number, number]
const drawn = drawMutants(all, values.sample === undefined ? undefined : Number(values.sample), values.seed).filter((_, k) => k % parts === part - 1)
const describe = ({ id, file, line, operator, before, after }: Mutant): string => `${id} ${file}:${line} ${operator}: ${before.replaceAll(/\s+/g, ' ').slice(0, 100)} -> ${after || '(nothing)'}`
const reasons = new Map((JSON.parse(readFileSync(path.join(contracts, 'mutants.json'), 'utf8')) as { survivors: { id: string; reason: string }[] }).survivors.map(({ id, reason }) => [id, reason]))

if (values.list === true) {
  for (const mutant of drawn) console.log(describe(mutant))
  console.log(`${drawn.length} of ${all.length} mutants`)
  process.exit(0)
}

const forge = forgePath()
if (forge === null) {
  console.error(`npm brought no forge binary for ${process.platform}-${process.arch}: mutants cannot be tried here.`)
  process.exit(1)
}
const folder = path.join(contracts, 'cache', 'mutation')
mkdirSync(folder, { recursive: true })
const log = path.join(folder, 'fates.jsonl')
type Line = { id: string; text: string; fate: Fate }
/** A fate holds for the text of a file; a change of the file tries its mutants again. */
const textHash = new Map(files.map((file) => [file, createHash('sha256').update(sourceText(file)).digest('hex').slice(0, 16)]))
const keyOf = ({ id, file }: Mutant): string => `${id} ${textHash.get(file)}`
const known = new Map<string, Fate>()
for (const line of existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []) {
  if (!line.endsWith('}')) continue
  const { id, text, fate } = JSON.parse(line) as Line
  known.set(`${id} ${text}`, fate)
}
if (values.again === true) for (const [key, fate] of known) if (fate === 'alive') known.delete(key)

/** How many mutants one process tries. */
const together = 50
const deadline = Date.now() + Number(values.minutes ?? 1e6) * 60_000
const workshop = new MutantWorkshop(forge, path.join(folder, `part${part}`), 300_000)
const left = drawn.filter((mutant) => !known.has(keyOf(mutant)))
/** The tests of a layer without a choice say as much as those of the contracts as they stand, which need a compilation more. */
const requireGreen = (): void => {
  if (workshop.check()) return
  console.error('the tests do not pass as the contracts stand: run npm run contracts:test')
  process.exit(1)
}
let count = 0
const keep = (mutant: Mutant, fate: Fate): void => {
  known.set(keyOf(mutant), fate)
  appendFileSync(log, `${JSON.stringify({ id: mutant.id, text: textHash.get(mutant.file)!, fate } satisfies Line)}\n`)
  console.log(`${++count}/${left.length} ${fate} ${describe(mutant)}`)
}
const { layers, apart } = layMutants(left, sourceText)
for (const layer of layers) {
  if (Date.now() > deadline) break
  const switched = workshop.lay(layer)
  if (switched.length === 0) requireGreen()
  console.log(`${switched.length} of ${layer.length} mutants in one compilation`)
  const chosen = new Set(switched.map(({ mutant }) => mutant))
  apart.push(...layer.filter((mutant) => !chosen.has(mutant)))
  for (let k = 0; k < switched.length && Date.now() <= deadline; k += together) {
    const some = switched.slice(k, k + together)
    const noticed = workshop.notice(some)
    if (k === 0) console.log(`${workshop.tests} calls of tests in one process; left out: ${workshop.leftOut.join(', ') || 'none'}`)
    for (const one of some) keep(one.mutant, noticed.has(one) ? 'killed' : 'alive')
  }
  for (const one of switched) if (known.get(keyOf(one.mutant)) === 'alive' && Date.now() <= deadline) keep(one.mutant, workshop.choose(one))
}
if (layers.length === 0 && apart.length > 0) requireGreen()
for (const mutant of apart) if (Date.now() <= deadline) keep(mutant, workshop.play(mutant))

const tried = drawn.filter((mutant) => known.has(keyOf(mutant)))
const of = (...fates: Fate[]): Mutant[] => tried.filter((mutant) => fates.includes(known.get(keyOf(mutant))!))
const [killed, alive, stillborn] = [of('killed', 'timeout').length, of('alive'), of('stillborn').length]
for (const mutant of alive) console.log(`alive ${describe(mutant)}${reasons.has(mutant.id) ? ` (${reasons.get(mutant.id)})` : ''}`)
const explained = alive.filter(({ id }) => reasons.has(id)).length
const compiled = killed + alive.length
const score = killed / Math.max(1, compiled)
const percent = (part: number): string => (100 * part).toFixed(1)
const ends = intervalOf(killed, compiled, Math.max(compiled, Math.round((all.length * compiled) / Math.max(1, tried.length))))
console.log(`${tried.length} of ${all.length} mutants tried, ${stillborn} of them did not compile, ${of('timeout').length} did not end`)
console.log(`${killed} of ${compiled} killed: ${percent(score)} %, with a chance of 95 % between ${percent(ends[0])} and ${percent(ends[1])} % of all`)
console.log(`${killed} killed, ${alive.length - explained} alive, ${explained} explained`)
process.exit(score >= 0.9 ? 0 : 1)
