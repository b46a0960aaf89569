import { z } from 'zod'
import { UpstreamFault } from './UpstreamFault.ts'

/** The answer was no answer of such a server. */
export function protocolFault(what: string, cause?: unknown): UpstreamFault {
  return new UpstreamFault('UPSTREAM_PROTOCOL', `the upstream server's answer cannot be read: ${what}`, { action: 'stop', status: 502, cause })
}

/** Parses JSON from a server. @throws UpstreamFault UPSTREAM_PROTOCOL */
export function parseReply(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw protocolFault('it is not JSON', cause)
  }
}

/** Checks what a server sent. @throws UpstreamFault UPSTREAM_PROTOCOL naming the field */
export function readReply<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  const issue = read.error.issues[0]
  throw protocolFault(`${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim())
}

/** A token id. */
export const tokenField = z.int().min(0)
