/**
 * Mutation testing: changes the contracts in one small place at a time and asks whether a test notices. Options:
 * --files A,B only these (`Stakes.sol`, `libraries/FeeSplit.sol`); --sample N so many of all, drawn by the seed; --seed S (default 1);
 * --list names the mutants without trying them; --again tries survivors of before once more. Goes on where it was stopped; survivors with a reason stand in `contracts/mutants.json`.
 * The last line is "N killed, N alive, N explained", and the exit code is 1 below 90 % killed.
 */
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { forgePath } from './forge.ts'
import { findMutants, type Mutant } from './mutation/findMutants.ts'
import { MutantWorkshop, sourceFiles, sourceText, type Fate } from './mutation/MutantWorkshop.ts'

const contracts = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({ options: { files: { type: 'string' }, sample: { type: 'string' }, seed: { type: 'string', default: '1' }, list: { type: 'boolean' }, again: { type: 'boolean' } } })

const files = values.files?.split(',') ?? sourceFiles()
const order = (mutant: Mutant): string => createHash('sha256').update(`${values.seed} ${mutant.id}`).digest('hex')
const all = files.flatMap((file) => findMutants(file, sourceText(file)).map((mutant) => ({ mutant, key: order(mutant) })))
const drawn = all.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, values.sample === undefined ? undefined : Number(values.sample)).map(({ mutant }) => mutant)
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
/** A fate holds for the text of a file and of its tests' folder; a change of the file tries its mutants again. */
const textHash = new Map(files.map((file) => [file, createHash('sha256').update(sourceText(file)).digest('hex').slice(0, 16)]))
const known = new Map<string, Fate>()
for (const line of existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []) {
  if (!line.endsWith('}')) continue
  const { id, text, fate } = JSON.parse(line) as Line
  if (fate === 'alive' && values.again === true) known.delete(`${id} ${text}`)
  else known.set(`${id} ${text}`, fate)
}
const workshop = new MutantWorkshop(forge, folder, 300_000)
if (!workshop.check()) {
  console.error('the tests do not pass as the contracts stand: run npm run contracts:test')
  process.exit(1)
}
const fates = new Map<Mutant, Fate>()
for (const [k, mutant] of drawn.entries()) {
  const text = textHash.get(mutant.file)!
  let fate = known.get(`${mutant.id} ${text}`)
  if (fate === undefined) {
    fate = workshop.play(mutant, sourceText(mutant.file))
    appendFileSync(log, `${JSON.stringify({ id: mutant.id, text, fate } satisfies Line)}\n`)
    console.log(`${k + 1}/${drawn.length} ${fate} ${describe(mutant)}`)
  }
  fates.set(mutant, fate)
}
const of = (fate: Fate): Mutant[] => [...fates].filter(([, f]) => f === fate).map(([mutant]) => mutant)
const alive = of('alive')
const unexplained = alive.filter(({ id }) => !reasons.has(id))
for (const mutant of alive) console.log(`alive ${describe(mutant)}${reasons.has(mutant.id) ? ` (${reasons.get(mutant.id)})` : ''}`)
const killed = of('killed').length
const score = killed / Math.max(1, killed + alive.length)
console.log(`${drawn.length} of ${all.length} mutants, ${of('stillborn').length} of them did not compile; ${(100 * score).toFixed(1)} % killed`)
console.log(`${killed} killed, ${unexplained.length} alive, ${alive.length - unexplained.length} explained`)
process.exit(score >= 0.9 ? 0 : 1)
