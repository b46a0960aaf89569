import { z } from 'zod'
import { abiEncode } from '../../encoding/abiEncode.ts'
import { fromHex } from '../../encoding/bytes.ts'
import { hexBytes } from '../../artefacts/fields.ts'
import { chunkSizes } from './chunkSizes.ts'

/** 4,096 values of a quantised vector, signed bytes, and the exponents of their four blocks; the last chunk may be shorter. */
export const vectorChunkSchema = z.strictObject({ exponents: hexBytes, values: hexBytes })
export type VectorChunk = z.infer<typeof vectorChunkSchema>

const unsigned = (bytes: Int8Array | Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const signed = (hex: VectorChunk['values']): Int8Array => new Int8Array(fromHex(hex).buffer)

/** A chunk of a quantised vector as a leaf: abi.encode(bytes exponents, bytes values). */
export const vectorLeaf = (exponents: Int8Array | Uint8Array, values: Int8Array | Uint8Array): Uint8Array => abiEncode([unsigned(exponents), unsigned(values)])
export const vectorChunkLeaf = ({ exponents, values }: VectorChunk): Uint8Array => vectorLeaf(fromHex(exponents), fromHex(values))

/** Which bounds a block's exponent keeps, so that any product of two is a whole number of 2^−128 and fits. */
export const exponentBounds = [-64, 32] as const

/** What is wrong with the form of the chunk that stands at `chunk` of a vector of `length` values; undefined when nothing is. */
export function chunkDefect(chunk: VectorChunk, at: number, length: number): string | undefined {
  const values = Math.min(chunkSizes.vector, length - at * chunkSizes.vector)
  if (signed(chunk.values).length !== values) return `chunk ${at} does not have ${values} values`
  const exponents = signed(chunk.exponents)
  if (exponents.length !== Math.ceil(values / chunkSizes.block)) return `chunk ${at} does not have one exponent to ${chunkSizes.block} values`
  if (exponents.some((e) => e < exponentBounds[0] || e > exponentBounds[1])) return `chunk ${at} has an exponent out of bounds`
  return undefined
}

/** The exact dot product of two chunks of one place, in units of 2^−128. Their form must have no defect. */
export function chunkProduct(a: VectorChunk, b: VectorChunk): bigint {
  const [av, bv, ae, be] = [signed(a.values), signed(b.values), signed(a.exponents), signed(b.exponents)]
  let total = 0n
  for (let block = 0; block < ae.length; block++) {
    let sum = 0
    for (let i = block * chunkSizes.block; i < Math.min(av.length, (block + 1) * chunkSizes.block); i++) sum += av[i]! * bv[i]!
    total += BigInt(sum) << BigInt(ae[block]! + be[block]! + 128)
  }
  return total
}
