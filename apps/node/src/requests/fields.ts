import { fail, receiptSchema } from '@openledger/protocol'
import type { Context } from 'hono'
import { z } from 'zod'
import { parseFields } from './readJson.ts'

/** 32 bytes in hexadecimal; any case comes in, lower case goes on. */
export const hash32 = z.string().toLowerCase().pipe(receiptSchema.shape.requestHash)

/** An address; any case comes in, lower case goes on. */
export const address = z.string().toLowerCase().pipe(receiptSchema.shape.node)

/** A datanet's id as it stands in a path. */
export function datanetParam(c: Context): bigint {
  const text = c.req.param('id') ?? ''
  if (!/^[1-9]\d{0,77}$/.test(text)) fail('BAD_REQUEST', 'a datanet id is a whole number from 1', { field: 'id' })
  return BigInt(text)
}

/** A hash that stands in a path as `:id`. */
export const hashParam = (c: Context, name = 'id') => parseFields(z.object({ [name]: hash32 }), { [name]: c.req.param(name) ?? '' })[name]!

/** Which page of a list is asked for: `?cursor=…&limit=…`, 50 by default, 200 at most. */
export function pageParams(c: Context): { cursor: string | null; limit: number } {
  const limit = Number(c.req.query('limit') ?? 50)
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) fail('BAD_REQUEST', 'limit is a whole number from 1 to 200', { field: 'limit' })
  return { cursor: c.req.query('cursor') ?? null, limit }
}
