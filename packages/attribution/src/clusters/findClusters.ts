import { compareHex, fail } from '@openledger/protocol'
import { clusterPolicy, type ClusterPolicy } from './clusterPolicy.ts'
import type { ClusterAppeal, ClusterEvidence, ClusterPlace, ClusterRecord } from './ClusterRecord.ts'
import { compareRecords, type ComparedRecord } from './compareRecords.ts'
import { sharedRuns } from './longMatches.ts'
import { checkEvidence, simHashKeys } from './modelEvidence.ts'
import { recordText, type RecordText } from './RecordText.ts'
import { characterShingles, lookupKey, minHashKeys, textHash } from './shingleSketch.ts'

export type ClusterInput = {
  /** In any order: who came first is told by `order`, then by the record's id. */
  records: readonly ClusterRecord[]
  /** One for each record, in order; absent: paraphrases that change words are not looked for. */
  evidence?: readonly ClusterEvidence[]
  appeals?: readonly ClusterAppeal[]
  policy?: ClusterPolicy
}

/** The key of one record in one contribution. */
export const placeKey = ({ recordId, contributionId }: { recordId: string; contributionId: string }): string => `${recordId}:${contributionId}`.toLowerCase()

/**
 * Finds which records repeat an earlier one. Every cluster has a centre, the record committed first, and each copy is like the centre itself: there is
 * no chain of likenesses. A record that a curator found to be no copy is a centre. Pure: the same input gives the same places, and later
 * records never change what is said of earlier ones, but for which words are common.
 * Work is linear in the records, as each is compared with at most `policy.candidates` others.
 * @returns per record, the place of its cluster's centre, and how it was found
 * @throws InputError BAD_EVIDENCE, BAD_APPEAL
 */
export function findClusters({ records, evidence, appeals = [], policy = clusterPolicy }: ClusterInput): ClusterPlace[] {
  if (evidence) checkEvidence(evidence, records.length)
  const sequence = records.map((_, i) => i).sort((a, b) => committedFirst(records[a]!, records[b]!) || a - b)
  const ordered = sequence.map((i) => records[i]!)
  const places = inSequence(ordered, sequence.map((i) => evidence?.[i]), freed(ordered, appeals), policy)
  const out = new Array<ClusterPlace>(records.length)
  places.forEach((place, k) => (out[sequence[k]!] = { ...place, of: sequence[place.of]! }))
  return out
}

/** Sorts records by who committed first. */
export function committedFirst(a: Placed, b: Placed): number {
  return a.order - b.order || compareHex(a.recordId, b.recordId) || compareHex(a.contributionId, b.contributionId)
}

type Placed = Pick<ClusterRecord, 'order' | 'recordId' | 'contributionId'>

/** Which records stand for themselves by a curator's word; of a record that is listed twice, the first. */
function freed(records: readonly ClusterRecord[], appeals: readonly ClusterAppeal[]): boolean[] {
  const waiting = new Set(appeals.map(placeKey))
  const out = records.map((record) => waiting.delete(placeKey(record)))
  if (waiting.size > 0) {
    const appeal = appeals.find((a) => waiting.has(placeKey(a)))!
    fail('BAD_APPEAL', `record ${appeal.recordId} of contribution ${appeal.contributionId} is not among these records`, { field: 'appeals', fix: 'name a record of the snapshots that are trained on' })
  }
  return out
}

function inSequence(records: readonly ClusterRecord[], evidence: readonly (ClusterEvidence | undefined)[], isFree: readonly boolean[], policy: ClusterPolicy): ClusterPlace[] {
  const texts = textsOf(records)
  const firstOf = new Map<RecordText, number>()
  // The first of every text, and what a curator set free.
  const distinct: number[] = []
  texts.forEach((text, i) => {
    const isFirst = !firstOf.has(text)
    if (isFirst) firstOf.set(text, i)
    if (isFirst || isFree[i]) distinct.push(i)
  })
  const places: ClusterPlace[] = records.map((_, i) => ({ of: i }))
  const centres = new CentreIndex(distinct.map((i) => texts[i]!), distinct.map((i) => evidence[i]), policy)
  distinct.forEach((i, k) => {
    const found = centres.place(k, isFree[i]!)
    if (found) places[i] = { of: distinct[found.of]!, method: found.method, similarity: found.similarity }
  })
  texts.forEach((text, i) => {
    const first = firstOf.get(text)!
    if (first !== i && !isFree[i]) places[i] = { of: places[first]!.of, method: 'exact', similarity: 1000 }
  })
  followSeals(records, places, isFree)
  return places
}

/** A record that its snapshot calls a copy stays one, whatever is found here: it follows the record that it repeats. */
function followSeals(records: readonly ClusterRecord[], places: ClusterPlace[], isFree: readonly boolean[]): void {
  const first = new Map<string, number>()
  records.forEach(({ recordId }, i) => {
    const id = recordId.toLowerCase()
    if (!first.has(id)) first.set(id, i)
  })
  const moved = new Map<number, number>()
  records.forEach(({ copyOf }, i) => {
    const sealed = copyOf === undefined ? undefined : first.get(copyOf.toLowerCase())
    if (sealed === undefined || places[i]!.of !== i || isFree[i]) return
    const centre = moved.get(places[sealed]!.of) ?? places[sealed]!.of
    if (centre >= i) return
    places[i] = { of: centre, method: 'sealed', similarity: 1000 }
    moved.set(i, centre)
  })
  // What repeated a record that now follows another follows that one too; centres come first, so one pass from the front settles it.
  for (const place of places) place.of = moved.get(place.of) ?? place.of
}

/** One text object for all records that fold to the same. */
function textsOf(records: readonly ClusterRecord[]): RecordText[] {
  const byContent = new Map<string, RecordText>()
  const byKey = new Map<string, RecordText>()
  return records.map((record) => {
    const content = `${record.prompt}\u0000${record.completion}`
    let text = byContent.get(content)
    if (!text) {
      text = recordText(record)
      text = byKey.get(text.key) ?? text
      byKey.set(text.key, text)
      byContent.set(content, text)
    }
    return text
  })
}

type Found = NonNullable<ReturnType<typeof compareRecords>> & { of: number }

/** The centres so far, found again by what a copy of them would share with them. */
class CentreIndex {
  private readonly texts: readonly RecordText[]
  private readonly evidence: readonly (ClusterEvidence | undefined)[]
  private readonly runs: readonly (readonly number[])[]
  private readonly frequency = new Map<string, number>()
  private readonly centres = new Map<number, ComparedRecord>()
  private readonly buckets = new Map<number, number[]>()
  private readonly policy: ClusterPolicy

  constructor(texts: readonly RecordText[], evidence: readonly (ClusterEvidence | undefined)[], policy: ClusterPolicy) {
    this.texts = texts
    this.evidence = evidence
    this.policy = policy
    for (const { facts } of texts) for (const word of facts) this.frequency.set(word, (this.frequency.get(word) ?? 0) + 1)
    this.runs = sharedRuns(texts, policy.matchWords)
  }

  /** What record k repeats: the earliest centre that is like it. A record without one, or one that is free, is a centre from now on. */
  place(k: number, isFree: boolean): Found | null {
    const text = this.texts[k]!
    const record = { text, shingles: characterShingles(text, this.policy.shingleCharacters), evidence: this.evidence[k] }
    const keys = this.keysOf(k, record)
    const found = isFree ? null : this.find(record, keys)
    if (found) return found
    this.centres.set(k, record)
    for (const key of keys) {
      const bucket = this.buckets.get(key)
      if (!bucket) this.buckets.set(key, [k])
      else if (bucket.length < this.policy.bucket) bucket.push(k)
    }
    return null
  }

  private keysOf(k: number, { text, shingles, evidence }: ComparedRecord): number[] {
    const { frequency, policy } = this
    const rarest = [...text.facts].sort((a, b) => frequency.get(a)! - frequency.get(b)! || (a < b ? -1 : 1)).slice(0, policy.rareWords)
    return [...minHashKeys(shingles, policy), ...this.runs[k]!.map((run) => lookupKey(1, run)), ...rarest.map((word) => lookupKey(2, textHash(word))), ...(evidence ? simHashKeys(evidence.simhash, policy) : [])]
  }

  private find(record: ComparedRecord, keys: readonly number[]): Found | null {
    const { buckets, centres, frequency, policy, texts } = this
    const isCommon = (word: string): boolean => {
      const records = frequency.get(word) ?? 0
      return records >= policy.commonRecords && records * policy.common >= texts.length
    }
    const shared = new Map<number, number>()
    for (const key of keys) for (const centre of buckets.get(key) ?? []) shared.set(centre, (shared.get(centre) ?? 0) + 1)
    const candidates = [...shared].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, policy.candidates)
    for (const [of] of candidates.sort((a, b) => a[0] - b[0])) {
      const found = compareRecords(centres.get(of)!, record, policy, isCommon)
      if (found) return { ...found, of }
    }
    return null
  }
}
