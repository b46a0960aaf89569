import { hashJson, type Hex } from '@openledger/protocol'

/**
 * Every constant that decides whether two records are one. They are policy: a cluster file carries their hash. `bench.ts` prints the measurement
 * that justifies them (see docs/attribution.md): what is found of copies made by rule, and what is merged of records whose facts differ.
 *
 * A false merge takes an honest contributor's pay, a missed copy shares it, so where wording alone cannot tell "another value" from "another
 * word for it", records stay apart. That is why no detector decides by a number alone: model and shingles propose, and the words that carry
 * the fact must agree.
 */
export const clusterPolicy = {
  name: 'clusters/2',
  /** Characters of a MinHash shingle, and its bands and rows: a pair of similarity .6 is missed with probability (1 − .6⁴)²⁴ = .04, of .8 with 3·10⁻⁶. */
  shingleCharacters: 4,
  bands: 24,
  rows: 4,
  /** Least Jaccard similarity over character shingles of a near copy, in permille; what differs must be slips of the pen. */
  nearCopy: 700,
  /** From this many words on, a near copy may differ in whole words: then by this similarity, in permille. */
  longRecord: 40,
  longCopy: 850,
  /** Words of a match that counts as covered; shorter ones are set phrases. */
  matchWords: 4,
  /** Least share of a record's answer that one other record must cover, in permille. */
  coverage: 850,
  /** Most times that a padded record may be as long as what it was padded around; a longer one says more than a copy. */
  padding: 4,
  /** A slip of the pen: one letter changed, lost, added or swapped in a word of at least this many letters; at most one in so many words. */
  slipLetters: 4,
  slipWords: 6,
  /** Fewest words that carry the fact, before records count as the same in other words. */
  factWords: 2,
  /** Least cosine of gradients (by SimHash) and of embeddings for a paraphrase, in permille. */
  gradient: 60,
  embedding: 550,
  /** Most of a record's fact words that a paraphrase may replace, in permille, and those only by corpus-common ones: in every so-many-th record. */
  replaced: 400,
  common: 20,
  /**
   * Most of what an answer says beyond its question that a paraphrase may replace by any words, in permille, when the question is the same; and the
   * cosines that this takes. Contradictions that differ in one word of a long answer fall under it too: the curator tells them apart.
   */
  reanswered: 200,
  reansweredGradient: 150,
  reansweredEmbedding: 600,
  /** Fewest records that hold a word which is common, however few there are. */
  commonRecords: 5,
  /** Fewest words of a sentence that is left out of training where it was said before: shorter ones are set phrases. */
  saidWords: 5,
  /** Bits per band of a SimHash, and bands: a pair at cosine .5 is missed with probability (1 − (2/3)¹²)⁶⁴ = .6, of .8 with 10⁻⁴. */
  simHashBits: 12,
  simHashBands: 64,
  /** Rarest words of a record under which it is looked up. */
  rareWords: 6,
  /** Earliest records kept under one key, and most candidates that one record is compared with: bounds on the work that a crafted record can cause. */
  bucket: 32,
  candidates: 128,
} as const

export type ClusterPolicy = { readonly [Key in keyof typeof clusterPolicy]: (typeof clusterPolicy)[Key] extends string ? string : number }

/** The hash by which a cluster file names its constants. */
export function clusterPolicyHash(policy: ClusterPolicy = clusterPolicy): Hex {
  return hashJson({ kind: 'openledger/cluster-policy/1', policy: { ...policy } })
}
