import type { Hex } from '@openledger/protocol'
import { ByteReader } from '../binary/ByteReader.ts'
import { ByteWriter } from '../binary/ByteWriter.ts'
import { fileHash } from '../binary/fileHash.ts'
import { blockCount, firstBadBlock, quantizeBlocks, type QuantizedVector } from './quantizeBlocks.ts'

/** An answer's gradient, quantised; its file is public content, its hash stands in the attribution document. */
export type QueryVector = QuantizedVector & {
  /** SHA-256 of the file. */
  hash: Hex
}

const queryVectorMagic = 'OLQVEC01'

/** Writes the canonical file: magic, parameter count, block exponents, values. */
export function encodeQueryVector({ values, exponents }: QuantizedVector): Uint8Array {
  const out = new ByteWriter(12 + exponents.length + values.length)
  out.magic(queryVectorMagic)
  out.u32(values.length)
  out.raw(exponents)
  out.raw(values)
  return out.bytes
}

/**
 * Quantises an answer's gradient.
 * @param gradient of the mean loss per answer token in nats, flat over the adapter's parameters in the table's order; not kept
 */
export function buildQueryVector(gradient: Float32Array): QueryVector {
  const quantized = quantizeBlocks(gradient)
  return { ...quantized, hash: fileHash(encodeQueryVector(quantized)) }
}

/**
 * Reads a query vector file; the arrays share the bytes.
 * @throws StorageError BAD_FILE on anything that `encodeQueryVector` cannot have written
 */
export function readQueryVector(bytes: Uint8Array): QueryVector {
  const input = new ByteReader(bytes, 'query vector')
  input.magic(queryVectorMagic)
  const length = input.u32()
  const exponents = input.int8(blockCount(length))
  const values = input.int8(length)
  input.finish()
  const bad = firstBadBlock({ values, exponents })
  if (bad >= 0) input.refuse(`block ${bad} is not quantised by the rule`)
  return { values, exponents, hash: fileHash(bytes) }
}
