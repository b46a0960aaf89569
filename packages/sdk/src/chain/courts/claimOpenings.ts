import { chunkSizes, symbolsLeaf, toHex, zeroHash, type AnswerToken, type DisputeClaim, type IndexHeader, type IndexRecord, type Hex, type Opening, type SpanClaim, type Symbols } from '@openledger/protocol'
import { zeroAddress } from 'viem'
import { proofArgument } from '../connection/proofArgument.ts'

/** A proof where none is needed. */
export const noProof = { index: 0n, count: 0n, siblings: [] } as const

/** A record where none is needed. */
export const noRecord = { leaf: { recordId: zeroHash, contributor: zeroAddress, commitOrder: 0n, start: 0n, promptLength: 0n, completionLength: 0n }, proof: noProof } as const

/** Symbols where none are needed. */
export const noSymbols = { symbols: '0x', proof: noProof } as const

/** Every number of a flat leaf as the contracts take it. */
function widened<T extends object>(leaf: T): { [K in keyof T]: T[K] extends number ? bigint : T[K] } {
  const entries = Object.entries(leaf).map(([key, value]) => [key, typeof value === 'number' ? BigInt(value) : (value as unknown)])
  return Object.fromEntries(entries) as { [K in keyof T]: T[K] extends number ? bigint : T[K] }
}

/** Headers and leaves of numbers and hashes as the contracts take them. */
export const headerArgument = <T extends object>(header: T): ReturnType<typeof widened<T>> => widened(header)

/** A leaf of numbers and hashes with its proof as the contracts take it. */
export const leafArgument = <T extends object>({ leaf, proof }: Opening<T>): { leaf: ReturnType<typeof widened<T>>; proof: ReturnType<typeof proofArgument> } => ({ leaf: widened(leaf), proof: proofArgument(proof) })

/** A token of an answer as the contracts take it. */
export const tokenArgument = ({ leaf, proof }: Opening<AnswerToken>) => ({ leaf: { token: BigInt(leaf.token), startsWord: leaf.startsWord ? 1n : 0n, weight: BigInt(leaf.weight) }, proof: proofArgument(proof) })

/** A span as the contracts take it. */
export function spanArgument({ leaf, proof }: Opening<SpanClaim>) {
  const { source, discountedWeight = leaf.weight, ...counts } = leaf
  const { recordId, contributor, field, offset, position } = source
  return { leaf: { ...widened({ ...counts, discountedWeight }), recordId, contributor, field: field === 'completion' ? 1n : 0n, offset: BigInt(offset), position: BigInt(position) }, proof: proofArgument(proof) }
}

/** A record of an index as the contracts take it. */
export const recordArgument = (record: Opening<IndexRecord>) => leafArgument(record)

type SymbolsArgument = { symbols: Hex; proof: ReturnType<typeof proofArgument> }

function symbolsArgument({ leaf, proof }: Opening<Symbols>): SymbolsArgument {
  // The leaf is abi.encode(bytes): an offset, a length, then the symbols with padding.
  const encoded = symbolsLeaf(leaf.symbols)
  return { symbols: toHex(encoded.subarray(64, 64 + 4 * leaf.symbols.length)), proof: proofArgument(proof) }
}

/** Finds the opening in which a place of a text or a suffix array lies; an empty one when it is not among them. */
export function symbolsAt(openings: readonly Opening<Symbols>[], place: number): SymbolsArgument | typeof noSymbols {
  const found = openings.find(({ proof }) => proof.index === Math.floor(place / chunkSizes.symbols))
  return found ? symbolsArgument(found) : noSymbols
}

/** One entry of an opened text or suffix array; undefined when it is not shown. */
export const entryAt = (openings: readonly Opening<Symbols>[], place: number): number | undefined =>
  openings.find(({ proof }) => proof.index === Math.floor(place / chunkSizes.symbols))?.leaf.symbols[place % chunkSizes.symbols]

/** The openings that a stretch of the text lies in, in order. */
export function symbolsFrom(openings: readonly Opening<Symbols>[], position: number, length: number): (SymbolsArgument | typeof noSymbols)[] {
  const [first, last] = [position, position + Math.max(1, length) - 1].map((place) => Math.floor(place / chunkSizes.symbols)) as [number, number]
  return Array.from({ length: last - first + 1 }, (_, i) => symbolsAt(openings, (first + i) * chunkSizes.symbols))
}

/** A claim of one kind. */
export type ClaimOf<Name extends DisputeClaim['name']> = Extract<DisputeClaim, { name: Name }>
export type { IndexHeader }
