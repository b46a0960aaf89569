import type { Address } from 'viem'
import { z } from 'zod'
import type { Hex } from '../encoding/bytes.ts'

/** 32 bytes as lower-case hexadecimal. */
export const hash32 = z.custom<Hex>((v) => typeof v === 'string' && /^0x[0-9a-f]{64}$/.test(v), 'expected 0x and 64 lower-case hexadecimal digits')

/** Any bytes as lower-case hexadecimal, 4 KiB at most. */
export const hexBytes = z.custom<Hex>((v) => typeof v === 'string' && /^0x([0-9a-f]{2}){0,4096}$/.test(v), 'expected hexadecimal bytes')

/** An account or contract address. */
export const address = z.custom<Address>((v) => typeof v === 'string' && /^0x[0-9a-f]{40}$/i.test(v), 'expected an address')

/** A non-negative integer that travels as a decimal string and is a bigint in memory. */
export const amount = z
  .string()
  .regex(/^(0|[1-9]\d{0,77})$/, 'expected a decimal integer in a string')
  .transform((text) => BigInt(text))

/** A CIDv1. */
export const cid = z.string().regex(/^b[a-z2-7]{20,100}$/, 'expected a CIDv1 in base32')

/** A token id. */
export const tokenId = z.int().min(0).max(0xffffffff)

/** A count that fits uint32. */
export const count = z.int().min(0).max(0xffffffff)
