import { fail } from '@openledger/protocol'
import type { Context } from 'hono'
import type { z } from 'zod'

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Reads a request's body, `maxBytes` at most; throws BODY_TOO_LARGE (413). */
export async function readBytes(c: Context, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (): never => fail('BODY_TOO_LARGE', `a request here has at most ${maxBytes} bytes`, { status: 413, fix: 'send less at once' })
  const declared = c.req.header('content-length')
  if (Number(declared ?? 0) > maxBytes) tooLarge()
  // A server takes no more of a body than was declared, and reads it at once without a web stream.
  if (declared !== undefined) {
    const bytes = new Uint8Array(await c.req.raw.arrayBuffer())
    return bytes.length > maxBytes ? tooLarge() : bytes
  }
  const body = c.req.raw.body
  if (!body) return new Uint8Array()
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body as unknown as AsyncIterable<Uint8Array>) {
    size += part.length
    if (size > maxBytes) tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** Reads and checks a JSON body; throws InputError BAD_JSON or BAD_REQUEST naming the first wrong field. */
export async function readJson<T extends z.ZodType>(c: Context, schema: T, maxBytes = 1024 * 1024): Promise<z.output<T>> {
  const bytes = await readBytes(c, maxBytes)
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch (cause) {
    fail('BAD_JSON', 'the body is not JSON in UTF-8', { cause, fix: 'send one JSON object' })
  }
  return parseFields(schema, value)
}

/** Checks a value against a schema; throws InputError BAD_REQUEST naming the first wrong field. */
export function parseFields<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  return fail('BAD_REQUEST', `${field || 'the body'}: ${issue?.message ?? 'not valid'}`, { field: field || undefined, fix: 'correct this field' })
}
