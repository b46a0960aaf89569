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

/** Sorts out the live suffixes of an index, keeping their order; linear. @param isRevoked 1 for each record that is revoked */
export function liveSuffixes({ text, suffixes: all, starts }: SpanIndex, isRevoked: Uint8Array): LiveSuffixes {
  const ranks = new Int32Array(text.length)
  let suffixes = all
  if (isRevoked.includes(1)) {
    for (let k = 0; k < isRevoked.length; k++) if (isRevoked[k] === 1) ranks.fill(-1, starts[k], starts[k + 1])
    suffixes = all.filter((position) => ranks[position] === 0)
  }
  for (let r = 0; r < suffixes.length; r++) ranks[suffixes[r]] = r
  return { suffixes, ranks, common: commonPrefixes(text, suffixes, ranks) }
}

/**
 * Common prefixes of neighbours in linear time (Kasai, Lee, Arimura, Arikawa and Park 2001). Stopping at separators keeps that true
 * for suffixes of some records only: where a neighbour has a symbol in common, its next suffix lies in the same field and is live too.
 */
function commonPrefixes(text: Uint32Array, suffixes: Int32Array, ranks: Int32Array): Int32Array {
  const common = new Int32Array(suffixes.length + 1)
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const rank = ranks[i]
    if (rank <= 0) {
      length = 0
      continue
    }
    const before = suffixes[rank - 1]
    while (text[i + length] !== 0 && text[i + length] === text[before + length]) length++
    common[rank] = length
    if (length > 0) length--
  }
  common[0] = -1
  common[suffixes.length] = -1
  return common
}
