import { answerTokens, answerTokensTree, attributionCommitment, indexCommitment, wholeIndex } from '@openledger/attribution'
import { fail, type AnswerToken, type DisputeClaim } from '@openledger/protocol'
import type { DisputeMaterial } from './DisputeMaterial.ts'
import { openAbsence, openRecord, openSymbols, placesFrom, recordAt } from './openLeaves.ts'

/** The answer's tokens as the document commits to them. */
export const claimedTokens = ({ claimed, finder, bundle, wordStarts }: DisputeMaterial): readonly AnswerToken[] => claimed?.tokens ?? answerTokens(finder, bundle.answer.tokens, wordStarts)

function parts(material: DisputeMaterial, span: number) {
  const { document, index } = material
  const claim = document.spans[span]
  if (claim === undefined) return fail('NO_SUCH_SPAN', document.spans.length === 0 ? 'the document names no span' : `the document has spans 0 to ${document.spans.length - 1}`, { field: 'span' })
  const tokens = claimedTokens(material)
  const tree = answerTokensTree(tokens)
  const { copies: _copies, ...leaf } = claim
  const { field, offset, position, recordId, contributor } = claim.source
  return {
    claim,
    tokens,
    index: indexCommitment(index).header,
    trees: indexCommitment(index),
    span: { leaf: { ...leaf, source: { recordId, contributor, field, offset, position } }, proof: attributionCommitment(document).spans.prove(span) },
    openToken: (at: number) => ({ leaf: tokens[at]!, proof: tree.prove(at) }),
  }
}

/**
 * Opens a token of a span and what stands at its source.
 * @param at which token of the span; default the first that differs, or the first
 */
export function claimSpanWords(material: DisputeMaterial, span: number, at?: number): DisputeClaim {
  const { claim, tokens, index, trees, span: shown, openToken } = parts(material, span)
  const { text } = wholeIndex(material.index)
  const differs = placesFrom(0, claim.length).find((d) => text[claim.source.position + d] !== (tokens[claim.start + d]?.token ?? -1) + 1)
  const chosen = Math.min(at ?? differs ?? 0, claim.length - 1)
  const place = Math.min(claim.start + chosen, tokens.length - 1)
  return { name: 'span-words', index, span: shown, at: chosen, token: openToken(place), text: openSymbols(trees.text, text, [claim.source.position + chosen]) }
}

/** Opens a span and the record in which its source stands. */
export function claimSpanSource(material: DisputeMaterial, span: number): DisputeClaim {
  const { claim, index, span: shown } = parts(material, span)
  return { name: 'span-source', index, span: shown, record: openRecord(material.index, recordAt(wholeIndex(material.index), claim.source.position)) }
}

/** Opens the longest match at a span's start, which the records hold; fails with NO_MATCH when they hold none of that weight. */
export function claimBetterMatch(material: DisputeMaterial, span: number): DisputeClaim {
  const { claim, index, trees, span: shown, openToken } = parts(material, span)
  const { finder, bundle, wordStarts, claimed } = material
  const [match] = finder.find(bundle.answer.tokens.slice(claim.start), wordStarts.slice(claim.start))
  if (match === undefined || match.start !== 0) return fail('NO_MATCH', 'the records hold no match at the start of this span', { field: 'span' })
  const { position, recordId } = match.source
  const length = Math.max(match.length, claim.length)
  const shownTokens = length + (claim.start + length < bundle.answer.tokens.length ? 1 : 0)
  return {
    name: 'better-match',
    index,
    span: shown,
    position,
    length,
    tokens: placesFrom(claim.start, shownTokens).map(openToken),
    text: openSymbols(trees.text, wholeIndex(material.index).text, placesFrom(position, length)),
    record: openRecord(material.index, recordAt(wholeIndex(material.index), position)),
    source: length > claim.length ? null : openRecord(material.index, recordAt(wholeIndex(material.index), claim.source.position)),
    revoked: openAbsence(claimed?.revoked ?? finder.revoked, recordId),
  }
}

/** Opens a token of the document's answer beside the whole answer. @param at default the first that differs, or the first */
export function claimAnswerToken(material: DisputeMaterial, at?: number): DisputeClaim {
  const { salt } = material.bundle.request
  const { tokens } = material.bundle.answer
  const claimed = claimedTokens(material)
  const chosen = at ?? Math.max(0, tokens.findIndex((token, i) => claimed[i]?.token !== token))
  if (chosen >= claimed.length) return fail('NO_SUCH_TOKEN', `the answer has ${claimed.length} tokens`, { field: 'token' })
  return { name: 'answer-token', salt, tokens: [...tokens], at: chosen, token: { leaf: claimed[chosen]!, proof: answerTokensTree(claimed).prove(chosen) } }
}
