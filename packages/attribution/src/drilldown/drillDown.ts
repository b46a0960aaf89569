import type { GradientDots, RecordFingerprint, TrainingExample } from '@openledger/engine'
import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { cosineOfDistance, type HashTable } from './HashTable.ts'

/** What a drill-down asks of an engine; an EngineHost does it. */
export type DrillDownEngine = {
  fingerprints(examples: readonly TrainingExample[]): Promise<RecordFingerprint[]>
  gradientDots(query: TrainingExample, examples: readonly TrainingExample[]): Promise<GradientDots>
}

/** The records of a run in their order, with the SimHash that was published for each. */
export type DrillDownRecords = {
  ids: readonly Hex[]
  contributors: readonly Address[]
  hashes: HashTable
  /** A record as it was trained on; asked for candidates only. */
  example(place: number): Promise<TrainingExample>
}

/** Nearest records by fingerprint whose gradients are compared: among 300 records these hold nine in ten of the five that all gradients would name. */
export const drillDownCandidates = 64

export type DrillDownRequest = {
  /** Token ids of the rendered prompt and of the answer, without the token that ended it. */
  prompt: readonly number[]
  answer: readonly number[]
  /** Only this contributor's records; default everybody's. */
  contributor?: Address
  /** Records that must not be named. */
  revoked?: ReadonlySet<Hex>
  /** Records whose gradients are compared exactly; 0 for none. Default `drillDownCandidates`. */
  candidates?: number
  /** Records named; default 5. */
  limit?: number
}

/** A record that taught the model something like the answer. It explains; nothing is paid by it. */
export type ShapingRecord = {
  recordId: Hex
  contributor: Address
  /** Bits of 8,192 in which the signs of the two gradients' projections differ. */
  distance: number
  /** Cosine of the two gradients: exact when it was computed, else as the signs tell it. */
  cosine: number
  /** ⟨g_answer, g_record⟩ at the base: what a small step on the record alone does for the answer; null unless computed. */
  dot: number | null
}

/**
 * Names the records that shaped an answer: candidates by the Hamming distance of gradient SimHashes, then ranked by the dot product of the
 * gradients themselves, which takes a backward pass of each candidate.
 */
export async function drillDown(engine: DrillDownEngine, records: DrillDownRecords, request: DrillDownRequest): Promise<ShapingRecord[]> {
  const { prompt, answer, contributor, revoked, candidates = drillDownCandidates, limit = 5 } = request
  if (answer.length === 0 || prompt.length === 0) return []
  const query: TrainingExample = { tokens: [...prompt, ...answer], supervisedFrom: prompt.length, group: 0 }
  const [own] = await engine.fingerprints([query])
  const owner = contributor?.toLowerCase()
  const isWanted = (place: number): boolean => !revoked?.has(records.ids[place]) && (owner === undefined || records.contributors[place].toLowerCase() === owner)
  const nearest = records.hashes.nearest(own.simhash, Math.max(candidates, limit), isWanted)
  const found = nearest.map(({ place, distance }): ShapingRecord => ({ recordId: records.ids[place], contributor: records.contributors[place], distance, cosine: cosineOfDistance(distance), dot: null }))
  if (candidates === 0) return found.slice(0, limit)
  const examples = await Promise.all(nearest.slice(0, candidates).map(({ place }) => records.example(place)))
  const { dots, cosines } = await engine.gradientDots(query, examples)
  return found
    .slice(0, candidates)
    .map((record, i) => ({ ...record, dot: dots[i], cosine: cosines[i] }))
    .sort((a, b) => b.dot - a.dot)
    .slice(0, limit)
}
