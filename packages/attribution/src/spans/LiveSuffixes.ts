import type { SpanIndex } from './SpanIndex.ts'

/** The suffixes of all records that are not revoked, as arrays over their ranks among themselves. */
export type LiveSuffixes = {
  /** Where each suffix begins in the text. With nothing revoked, the index's own array. */
  suffixes: Int32Array
  /** By position in the text; −1 in revoked records. */
  ranks: Int32Array
  /** How many symbols a suffix has in common with the one before it, up to the end of its field; −1 at the first rank and after the last. */
  common: Int32Array
}

/**
 * Sorts out the live suffixes of an index, keeping their order, in linear time. Common prefixes of neighbours are found in the order of
 * the text, where each is at most one shorter than the one before (Kasai, Lee, Arimura, Arikawa and Park 2001). Stopping at separators
 * keeps that true for suffixes of some records only: where a neighbour has a symbol in common, its next suffix lies in the same
 * field and is live too. What is read or written together at a far place is kept in pairs: the time goes into cache misses.
 * @param isRevoked 1 for each record that is revoked
 * @returns also the record of each rank
 */
export function liveSuffixes(index: SpanIndex, isRevoked: Uint8Array): LiveSuffixes & { owners: Int32Array } {
  const { text, starts } = index
  const suffixes = isRevoked.includes(1) ? withoutRevoked(index, isRevoked) : index.suffixes
  const rankAndBefore = new Int32Array(2 * text.length)
  for (let rank = 0, before = -1; rank < suffixes.length; rank++) {
    const position = suffixes[rank]
    rankAndBefore[2 * position] = rank
    rankAndBefore[2 * position + 1] = before
    before = position
  }
  const ranks = new Int32Array(text.length)
  const commonAndOwner = new Int32Array(2 * suffixes.length)
  for (let record = 0; record < isRevoked.length; record++) {
    if (isRevoked[record] === 1) ranks.fill(-1, starts[record], starts[record + 1])
    else compareRecord(text, starts[record], starts[record + 1], record, rankAndBefore, ranks, commonAndOwner)
  }
  const common = new Int32Array(suffixes.length + 1)
  const owners = new Int32Array(suffixes.length)
  for (let rank = 0; rank < owners.length; rank++) {
    common[rank] = commonAndOwner[2 * rank]
    owners[rank] = commonAndOwner[2 * rank + 1]
  }
  common[0] = -1
  common[suffixes.length] = -1
  return { suffixes, ranks, common, owners }
}

function compareRecord(text: Uint32Array, from: number, to: number, record: number, rankAndBefore: Int32Array, ranks: Int32Array, commonAndOwner: Int32Array): void {
  let length = 0
  for (let i = from; i < to; i++) {
    const rank = rankAndBefore[2 * i]
    const before = rankAndBefore[2 * i + 1]
    ranks[i] = rank
    if (before < 0) length = 0
    else while (text[i + length] !== 0 && text[i + length] === text[before + length]) length++
    commonAndOwner[2 * rank] = length
    commonAndOwner[2 * rank + 1] = record
    if (length > 0) length--
  }
}

function withoutRevoked({ text, suffixes, starts }: SpanIndex, isRevoked: Uint8Array): Int32Array {
  const isGone = new Uint8Array(text.length)
  let count = text.length
  for (let record = 0; record < isRevoked.length; record++) {
    if (isRevoked[record] === 0) continue
    isGone.fill(1, starts[record], starts[record + 1])
    count -= starts[record + 1] - starts[record]
  }
  const live = new Int32Array(count)
  for (let rank = 0, k = 0; rank < suffixes.length; rank++) if (isGone[suffixes[rank]] === 0) live[k++] = suffixes[rank]
  return live
}
