import { compareHex, concatBytes, fromHex, sha256, utf8, type Hex } from '@openledger/protocol'
import type { TrainingExample } from '@openledger/engine'
import { policy, type MethodName } from '../policy.ts'
import type { SnapshotCorpus } from './snapshotCorpus.ts'

/** How many records are held out; in `policy`. */
export type HeldOutRule = { oneIn: number; fromRecords: number }

const label = 'openledger/held-out/1'

/**
 * Chooses the records that are not trained on but measured, to see which atoms hurt: of every contributor one in `oneIn` of the records that have
 * training weight, those of lowest SHA-256(label ‖ record id). Proportional, so that nobody fills the measure with his own; none below `fromRecords`.
 * A record that is held out keeps its training weight.
 * @returns indices into `records`, ascending
 */
export function heldOutRecords(records: readonly { recordId: Hex; contributor: string; weight: number }[], rule: HeldOutRule = policy.heldOut): number[] {
  const trained = [...records.keys()].filter((i) => records[i].weight > 0)
  if (trained.length < rule.fromRecords) return []
  const keys = new Map(trained.map((i) => [i, sha256(concatBytes(utf8(label), fromHex(records[i].recordId)))]))
  const byContributor = new Map<string, number[]>()
  for (const i of trained) {
    const owner = records[i].contributor.toLowerCase()
    byContributor.set(owner, [...(byContributor.get(owner) ?? []), i])
  }
  return [...byContributor.values()]
    .flatMap((own) => own.sort((a, b) => compareHex(keys.get(a)!, keys.get(b)!) || a - b).slice(0, Math.floor(own.length / rule.oneIn)))
    .sort((a, b) => a - b)
}

/**
 * Divides a corpus into what is trained on and what is held out. Nothing is held out for methods that do not train without each atom: nobody is judged
 * then.
 */
export function splitHeldOut({ examples, exampleIds, contributors }: Pick<SnapshotCorpus, 'examples' | 'exampleIds' | 'contributors'>, method: MethodName, rule?: HeldOutRule): { trained: TrainingExample[]; heldOut: TrainingExample[] } {
  const records = exampleIds.map((recordId, e) => ({ recordId, contributor: contributors[examples[e].group], weight: 1 }))
  const out = new Set(method === 'responses' ? heldOutRecords(records, rule) : [])
  return { trained: examples.filter((_, e) => !out.has(e)), heldOut: examples.filter((_, e) => out.has(e)) }
}
