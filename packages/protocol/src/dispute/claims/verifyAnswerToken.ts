import { z } from 'zod'
import { count, hash32, tokenId } from '../../artefacts/fields.ts'
import { tokenHash } from '../../receipt/tokenHash.ts'
import type { Receipt } from '../../statements/messages.ts'
import type { AttributionHeader } from '../headers/attributionHeaderRoot.ts'
import { answerTokenLeaf, answerTokenSchema } from '../leaves/attributionLeaves.ts'
import { opening, opens, otherSize } from '../leaves/opening.ts'
import { notProven, proven, type Verdict } from '../Verdict.ts'

/** "The document is about other tokens than the receipt's answer." Reveals the whole answer. */
export const answerTokenClaimSchema = z.strictObject({ name: z.literal('answer-token'), salt: hash32, tokens: z.array(tokenId).max(131_072), at: count, token: opening(answerTokenSchema) })
export type AnswerTokenClaim = z.infer<typeof answerTokenClaimSchema>

/** Whether a token of the document's answer is another than that of the answer under the receipt's output hash. */
export function verifyAnswerToken({ salt, tokens, at, token }: AnswerTokenClaim, header: AttributionHeader, receipt: Receipt): Verdict {
  if (tokenHash(salt, tokens) !== receipt.outputHash) return notProven('these are not the tokens of the receipt')
  if (otherSize(header.tokensRoot, token, answerTokenLeaf, tokens.length)) return proven('the document has another number of tokens')
  if (!opens(header.tokensRoot, token, answerTokenLeaf, at, tokens.length)) return notProven('the token does not open')
  return token.leaf.token === tokens[at] ? notProven('the token is that of the answer') : proven(`token ${at} of the answer is ${tokens[at]}, the document says ${token.leaf.token}`)
}
