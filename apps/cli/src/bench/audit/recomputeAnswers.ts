import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { shareDistance } from '@openledger/audit'
import { answerEvidence, buildAttribution, compareQueries, readQueryVector, scoreAtoms, SpanFinder, verifyAttribution } from '@openledger/attribution'
import type { EngineHost } from '@openledger/engine'
import { answersFolder, queryFile, type KeptAnswer } from './makeAnswers.ts'
import type { AuditWorld } from './AuditWorld.ts'

/** What the audit of one answer finds under another CPU build. */
export type Recomputed = {
  number: number
  /** Scores, shares and spans from the published vector: all the same. */
  sameShares: boolean
  /** Single values compared for it. */
  values: number
  /** The vector measured again, against the published one. */
  identical: boolean
  changed: number
  relativeL2: number
  /** Losses measured again, largest difference in micro-nats per token. */
  lossDifference: number
  /** How far the shares by either vector and what was measured with it lie apart (`shareDistance`), in ppm. */
  shareDifferencePpm: number
  /** The same atom leads by either vector. */
  sameFirst: boolean
}

const leader = (values: readonly bigint[]): number => values.reduce((best, v, i) => (v > values[best]! ? i : best), 0)

/** Audits kept answers on another engine: recomputes everything from the published vector, and measures the vector again. */
export async function recomputeAnswers(
  host: EngineHost,
  world: AuditWorld,
  answers: readonly KeptAnswer[],
  place: { work: string; variant: string; otherVariant: string },
  onAnswer: (done: number) => void,
): Promise<Recomputed[]> {
  const folder = answersFolder(place.work, world, place.variant)
  const file = path.join(folder, `recomputed-${place.otherVariant}.jsonl`)
  const known = new Map((existsSync(file) ? readFileSync(file, 'utf8') : '').split('\n').flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Recomputed] : [])).map((r) => [r.number, r]))
  const finder = new SpanFinder(world.index)
  const found: Recomputed[] = []
  for (const { number, prompt, answer, document } of answers) {
    const before = known.get(number)
    if (before === undefined) {
      const query = readQueryVector(readFileSync(queryFile(folder, number)))
      const measured = await answerEvidence(host, world.table, prompt, answer)
      const evidence = { finder, table: world.table, answer, wordStarts: measured.wordStarts, answerKey: document.answerKey }
      const { checked, difference } = verifyAttribution(document, { ...evidence, query })
      const again = buildAttribution({ ...evidence, ...measured })
      const [a, b] = [scoreAtoms(world.table, query).values, scoreAtoms(world.table, measured.query).values]
      const one: Recomputed = {
        number,
        sameShares: difference === undefined,
        values: checked,
        ...compareQueries(query, measured.query),
        lossDifference: Math.max(Math.abs(measured.losses.base - document.losses.base), Math.abs(measured.losses.tuned - document.losses.tuned)),
        shareDifferencePpm: shareDistance(document.shares, again.shares),
        sameFirst: leader(a) === leader(b),
      }
      appendFileSync(file, `${JSON.stringify(one)}\n`)
      known.set(number, one)
    }
    found.push(known.get(number)!)
    onAnswer(found.length)
  }
  return found
}
