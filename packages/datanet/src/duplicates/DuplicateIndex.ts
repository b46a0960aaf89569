import { recordId, type Hex, type RecordContent } from '@openledger/protocol'
import { duplicateMethod } from './duplicateMethod.ts'
import { bandKeys, minHash, shingleHash } from './minHash.ts'
import { recordTokens, shingles } from './tokens.ts'

/** How a record repeats an earlier one: same id, same but for case, space and punctuation, or similar. */
export type DuplicateKind = 'exact' | 'normalised' | 'near'

/** A record that repeats an earlier one. `shared / total` is their Jaccard similarity over shingles. */
export type Duplicate = { of: number; ofId: Hex; kind: DuplicateKind; shared: number; total: number }

type Leader = { place: number; id: Hex; shingles: Set<string> }
type Sketch = { id: Hex; folded: string; shingles: Set<string>; keys: string[] }

function sketch(record: RecordContent & { recordId?: Hex }): Sketch {
  const tokens = recordTokens(record)
  const set = shingles(tokens, duplicateMethod.shingleTokens)
  const signature = minHash(Array.from(set, shingleHash), duplicateMethod.bands * duplicateMethod.rows)
  return { id: record.recordId ?? recordId(record), folded: tokens.join(' '), shingles: set, keys: bandKeys(signature, duplicateMethod.bands, duplicateMethod.rows) }
}

/** The members that two sets share. */
export function sharedCount(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [small, large] = a.size < b.size ? [a, b] : [b, a]
  let shared = 0
  for (const member of small) if (large.has(member)) shared++
  return shared
}

/**
 * Records in the order of their commitment, each either the first of its cluster or a copy of an earlier first one. A copy is similar to
 * its representative itself, not through a chain of others, and later records never change what was said of earlier ones.
 */
export class DuplicateIndex {
  readonly #byId = new Map<Hex, Leader>()
  readonly #byFolded = new Map<string, Leader>()
  readonly #buckets = new Map<string, Leader[]>()
  #count = 0

  /** The records added so far. */
  get size(): number {
    return this.#count
  }

  /** Adds the next record; returns what it repeats, or null when it is the first of its kind. */
  add(record: RecordContent & { recordId?: Hex }): Duplicate | null {
    const made = sketch(record)
    const found = this.#find(made)
    const leader: Leader = { place: this.#count++, id: made.id, shingles: made.shingles }
    if (found) return found
    this.#byId.set(made.id, leader)
    this.#byFolded.set(made.folded, leader)
    for (const key of made.keys) {
      const bucket = this.#buckets.get(key)
      if (bucket) bucket.push(leader)
      else this.#buckets.set(key, [leader])
    }
    return null
  }

  /** What a record would repeat if it were added now. */
  find(record: RecordContent & { recordId?: Hex }): Duplicate | null {
    return this.#find(sketch(record))
  }

  #find(made: Sketch): Duplicate | null {
    const whole = made.shingles.size
    const exact = this.#byId.get(made.id)
    if (exact) return { of: exact.place, ofId: exact.id, kind: 'exact', shared: whole, total: whole }
    const same = this.#byFolded.get(made.folded)
    if (same) return { of: same.place, ofId: same.id, kind: 'normalised', shared: whole, total: whole }
    let best: Duplicate | null = null
    const seen = new Set<number>()
    for (const key of made.keys) {
      for (const leader of this.#buckets.get(key) ?? []) {
        if (seen.has(leader.place)) continue
        seen.add(leader.place)
        if (best && leader.place > best.of) continue
        const shared = sharedCount(made.shingles, leader.shingles)
        const total = whole + leader.shingles.size - shared
        if (shared * 1000 >= duplicateMethod.thresholdPermille * total) best = { of: leader.place, ofId: leader.id, kind: 'near', shared, total }
      }
    }
    return best
  }
}
