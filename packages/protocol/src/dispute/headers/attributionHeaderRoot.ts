import { z } from 'zod'
import { count, hash32 } from '../../artefacts/fields.ts'
import { abiEncode } from '../../encoding/abiEncode.ts'
import { utf8, type Hex } from '../../encoding/bytes.ts'
import { keccak } from '../../encoding/hash.ts'

const kind = keccak(utf8('openledger/commitment/attribution/1'))

/** What an attribution root is the hash of: the names of all inputs, and a tree over each list of claims. */
export const attributionHeaderSchema = z.strictObject({
  /** keccak of the canonical JSON of the document. */
  documentHash: hash32,
  methodHash: hash32,
  baseId: hash32,
  adapterId: hash32,
  tableRoot: hash32,
  indexRoot: hash32,
  queryRoot: hash32,
  /** Tree over the revoked record ids, sorted. */
  revokedRoot: hash32,
  /** The receipt's `outputHash`. */
  answerKey: hash32,
  answerTokens: count,
  /** Micro-nats per answer token. */
  lossBase: count,
  lossTuned: count,
  tokensRoot: hash32,
  sumsRoot: hash32,
  scoresRoot: hash32,
  sharesRoot: hash32,
  spansRoot: hash32,
  spanCount: count,
})
export type AttributionHeader = z.infer<typeof attributionHeaderSchema>

/** The `attributionRoot` of a receipt. */
export const attributionHeaderRoot = (h: AttributionHeader): Hex =>
  keccak(
    abiEncode([
      ...[kind, h.documentHash, h.methodHash, h.baseId, h.adapterId, h.tableRoot, h.indexRoot, h.queryRoot, h.revokedRoot, h.answerKey],
      ...[h.answerTokens, h.lossBase, h.lossTuned, h.tokensRoot, h.sumsRoot, h.scoresRoot, h.sharesRoot, h.spansRoot, h.spanCount],
    ]),
  )
