import { encodeFunctionData } from 'viem'
import { attributionCourtAbi, fail, toHex, type Deployment, type DisputeBundle, type DisputeClaim, type Hex, type Share, type Sums } from '@openledger/protocol'
import { abiEncode, type Opening } from '@openledger/protocol'
import { proofArgument } from '../connection/proofArgument.ts'
import { entryAt, headerArgument, leafArgument, noProof, noRecord, recordArgument, spanArgument, symbolsAt, symbolsFrom, tokenArgument, type ClaimOf } from './claimOpenings.ts'

const abi = attributionCourtAbi

function caseOf({ receipt, attributionDeadline, completion, header }: DisputeBundle) {
  return {
    receipt: receipt.statement,
    signature: receipt.signature,
    header: headerArgument(header),
    completion: completion ? [{ deadline: BigInt(attributionDeadline ?? 0), attribution: completion.statement, signature: completion.signature }] : [],
  }
}

const sumsArgument = (sums: Opening<Sums> | null) => (sums ? { sums: toHex(abiEncode(sums.leaf.sums)), proof: proofArgument(sums.proof) } : { sums: '0x' as const, proof: noProof })
const chunkArgument = ({ leaf, proof }: ClaimOf<'dot-product'>['tableChunk']) => ({ ...leaf, proof: proofArgument(proof) })

function packTokens(tokens: readonly number[]): Hex {
  const packed = new DataView(new ArrayBuffer(4 * tokens.length))
  tokens.forEach((token, i) => packed.setUint32(4 * i, token))
  return toHex(new Uint8Array(packed.buffer))
}

function suffixOrder({ index, ranks: [low, high], next, suffixes, text }: ClaimOf<'suffix-order'>) {
  const [nextOfLow, nextOfHigh] = next ?? [0, 0]
  const textOf = (rank: number) => symbolsAt(text, entryAt(suffixes, rank) ?? 0)
  return {
    index: headerArgument(index),
    low: BigInt(low),
    high: BigInt(high),
    nextOfLow: BigInt(nextOfLow),
    nextOfHigh: BigInt(nextOfHigh),
    lowEntry: symbolsAt(suffixes, low),
    highEntry: symbolsAt(suffixes, high),
    lowText: textOf(low),
    highText: textOf(high),
    nextOfLowEntry: symbolsAt(suffixes, nextOfLow),
    nextOfHighEntry: symbolsAt(suffixes, nextOfHigh),
  }
}

function betterMatch({ index, span, position, length, tokens, text, record, source, revoked }: ClaimOf<'better-match'>) {
  const neighbours = [revoked.before, revoked.after].flatMap((o) => (o ? [{ recordId: o.leaf.recordId, proof: proofArgument(o.proof) }] : []))
  return {
    index: headerArgument(index),
    span: spanArgument(span),
    position: BigInt(position),
    length: BigInt(length),
    tokens: tokens.map(tokenArgument),
    text: symbolsFrom(text, position, length),
    record: recordArgument(record),
    source: source ? recordArgument(source) : noRecord,
    revoked: { neighbours },
  }
}

function dotProduct(claim: ClaimOf<'dot-product'>) {
  return {
    table: headerArgument(claim.table),
    query: headerArgument(claim.query),
    atom: BigInt(claim.atom),
    chunk: BigInt(claim.chunk),
    tableChunk: chunkArgument(claim.tableChunk),
    queryChunk: chunkArgument(claim.queryChunk),
    before: sumsArgument(claim.before),
    afterwards: sumsArgument(claim.after),
  }
}

function split(claim: ClaimOf<'split'>, deployment: Deployment, paid: readonly Share[] | undefined) {
  if (!paid) return fail('PAYMENTS_MISSING', 'a claim about the split needs the payments under the share root', { field: 'paid', fix: 'take them from the receipt bundle or the epoch file' })
  return { deployment, shares: claim.shares.map(headerArgument), paid }
}

/**
 * The call by which a dispute bundle is brought before the court; the judges answer the same call for nothing.
 * @param paid what the answer paid, as the receipt bundle or the epoch file lists it; for a claim about the split only
 * @throws InputError PAYMENTS_MISSING
 */
export function disputeCall(bundle: DisputeBundle, paid?: readonly Share[]): Hex {
  const c = caseOf(bundle)
  const claim: DisputeClaim = bundle.claim
  const deployment = bundle.deployment.statement
  switch (claim.name) {
    case 'dot-product':
      return encodeFunctionData({ abi, functionName: 'dotProduct', args: [c, dotProduct(claim)] })
    case 'score': {
      const score = { score: claim.score.leaf.score, proof: proofArgument(claim.score.proof) }
      return encodeFunctionData({ abi, functionName: 'score', args: [c, { table: headerArgument(claim.table), atom: BigInt(claim.atom), score, last: sumsArgument(claim.last) }] })
    }
    case 'split':
      return encodeFunctionData({ abi, functionName: 'split', args: [c, split(claim, deployment, paid)] })
    case 'inputs':
      return encodeFunctionData({ abi, functionName: 'inputs', args: [c, { deployment }] })
    case 'answer-token':
      return encodeFunctionData({ abi, functionName: 'answerToken', args: [c, { salt: claim.salt, tokens: packTokens(claim.tokens), place: BigInt(claim.at), token: tokenArgument(claim.token) }] })
    case 'span-words': {
      const place = claim.span.leaf.source.position + claim.at
      const shown = { index: headerArgument(claim.index), span: spanArgument(claim.span), place: BigInt(claim.at), token: tokenArgument(claim.token), text: symbolsAt(claim.text, place) }
      return encodeFunctionData({ abi, functionName: 'spanWords', args: [c, shown] })
    }
    case 'span-source':
      return encodeFunctionData({ abi, functionName: 'spanSource', args: [c, { index: headerArgument(claim.index), span: spanArgument(claim.span), record: recordArgument(claim.record) }] })
    case 'record-owner': {
      const shown = { index: headerArgument(claim.index), record: recordArgument(claim.record), snapshots: claim.snapshots, sealedRecord: leafArgument(claim.sealed) }
      return encodeFunctionData({ abi, functionName: 'recordOwner', args: [c, shown] })
    }
    case 'better-match':
      return encodeFunctionData({ abi, functionName: 'betterMatch', args: [c, betterMatch(claim)] })
    case 'suffix-order':
      return encodeFunctionData({ abi, functionName: 'suffixOrder', args: [c, suffixOrder(claim)] })
  }
}
