import { indexCommitment, wholeIndex, type SpanIndex } from '@openledger/attribution'
import { fail, OrderedTree, snapshotLeaf, type DisputeClaim } from '@openledger/protocol'
import type { DisputeMaterial } from './DisputeMaterial.ts'
import { openRecord, openSymbols } from './openLeaves.ts'

/** Opens a record of the index beside the sealed one. @param record its number; default the first that differs, or the first */
export function claimRecordOwner({ index: shards, snapshots }: DisputeMaterial, record?: number): DisputeClaim {
  const index = wholeIndex(shards)
  const sealed = snapshots.flatMap(({ leaves }, snapshot) => leaves.map((leaf, place) => ({ leaf, snapshot, place })))
  const differs = sealed.findIndex(({ leaf }, k) => leaf.recordId !== index.recordIds[k] || leaf.contributor.toLowerCase() !== index.contributors[index.contributorOf[k] ?? -1])
  const chosen = record ?? Math.max(0, Math.min(differs, index.recordIds.length - 1))
  const found = sealed[Math.min(chosen, sealed.length - 1)]
  if (found === undefined || chosen >= index.recordIds.length) return fail('NO_SUCH_RECORD', `the index has records 0 to ${index.recordIds.length - 1}`, { field: 'record' })
  const tree = new OrderedTree(snapshots[found.snapshot]!.leaves.map(snapshotLeaf))
  const { recordId, contributor, weight } = found.leaf
  return {
    name: 'record-owner',
    index: indexCommitment(shards).header,
    record: openRecord(shards, chosen),
    snapshots: snapshots.map(({ statement }) => statement),
    sealed: { leaf: { recordId, contributor, weight }, proof: tree.prove(found.place) },
  }
}

/** Two ranks that contradict each other, and the ranks of the suffixes one further where these decide; undefined when the array is right, or when there is none of the whole index. */
export function findDisorder({ text, suffixes }: SpanIndex): { ranks: [number, number]; next: [number, number] | null } | undefined {
  const rank = new Int32Array(text.length + 1).fill(-1)
  for (let r = 0; r < suffixes.length; r++) {
    const place = suffixes[r]!
    if (place < 0 || place >= text.length) return { ranks: r === 0 ? [0, 1] : [r - 1, r], next: null }
    if (rank[place] !== -1) return { ranks: [rank[place]!, r], next: null }
    rank[place] = r
  }
  for (let r = 1; r < suffixes.length; r++) {
    const [a, b] = [suffixes[r - 1]!, suffixes[r]!]
    if (text[a]! < text[b]!) continue
    const next: [number, number] = [rank[a + 1]!, rank[b + 1]!]
    if (text[a]! > text[b]!) return { ranks: [r - 1, r], next: null }
    if (next[0] >= next[1]) return { ranks: [r - 1, r], next: next[1] < 0 ? null : next }
  }
  return undefined
}

/** Opens two entries of the suffix array with the symbols at which they point. @param low the smaller rank; default where the order is broken */
export function claimSuffixOrder({ index: shards }: DisputeMaterial, low?: number): DisputeClaim {
  if (shards.shards.length > 1) return fail('NO_SUCH_RANK', 'an index of several shards has no suffix array of the whole, so a court judges none', { field: 'rank' })
  const index = wholeIndex(shards)
  const { text, suffixes } = index
  const found = low === undefined ? findDisorder(index) : undefined
  const ranks = found?.ranks ?? [low ?? 0, (low ?? 0) + 1]
  if (ranks[1] >= suffixes.length) fail('NO_SUCH_RANK', `the suffix array has ranks 0 to ${suffixes.length - 1}`, { field: 'rank' })
  const places = ranks.map((r) => suffixes[r]!) as [number, number]
  const further = (place: number): number => suffixes.indexOf(place + 1)
  const needed = text[places[0]] === text[places[1]] && places.every((p) => p + 1 < text.length)
  const next = found?.next ?? (needed ? ([further(places[0]), further(places[1])] as [number, number]) : null)
  const trees = indexCommitment(shards)
  return {
    name: 'suffix-order',
    index: trees.header,
    ranks,
    next: next !== null && next.every((r) => r >= 0) ? next : null,
    suffixes: openSymbols(trees.suffixes, suffixes, [...ranks, ...(next ?? []).filter((r) => r >= 0)]),
    text: openSymbols(trees.text, text, places.filter((p) => p >= 0 && p < text.length)),
  }
}
