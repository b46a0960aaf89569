import type { GeneratedToken } from '@openledger/engine'
import { fail, OpenLedgerError, receiptSchema, signed, toJson, type ErrorAction } from '@openledger/protocol'
import { z } from 'zod'
import { LinkFault } from './LinkFault.ts'
import type { NodeAnswer } from '../worker/AnswerOrder.ts'

const hash = receiptSchema.shape.requestHash
const token = z.int().min(0).max(0xffffffff)
/** A log probability; what JSON cannot write is not a number. */
const logprob = z.number().nullable()
const top = z.array(z.strictObject({ token, logprob })).max(20)

const endSchema = z.strictObject({
  end: z.strictObject({
    tokens: z.array(token).max(131_072),
    logprobs: z.array(logprob).max(131_072),
    top: z.array(top).max(131_072),
    logitsHashes: z.array(hash).max(131_072),
    finishReason: z.enum(['stop', 'length']),
    receipt: signed(receiptSchema),
    /** Unix seconds. */
    deadline: z.int().min(0).nullable(),
  }),
})

/** An error as it is told. */
const told = z.strictObject({
  code: z.string().max(64),
  message: z.string().max(2000),
  field: z.string().max(200).nullable(),
  fix: z.string().max(2000).nullable(),
  action: z.enum(['fix', 'retry', 'stop']),
  status: z.int().min(400).max(599),
  retryAfterMs: z.number().nullable(),
})

/** One line of an answer's stream: a token, the end with the receipt, why there is none, or why the order was not taken. */
export const answerEventSchema = z.union([
  z.strictObject({ token, logprob, top: top.optional() }),
  endSchema,
  z.strictObject({ error: told }),
  z.strictObject({ refused: told }),
])

export type AnswerEvent = z.output<typeof answerEventSchema>
export type AnswerEnd = Extract<AnswerEvent, { end: unknown }>['end']

const newline = 0x0a

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

/** A token's line. */
export function tokenEvent({ token, logprob, top }: GeneratedToken): string {
  return `${JSON.stringify({ token, logprob: finite(logprob), ...(top.length > 0 ? { top: top.map((t) => ({ ...t, logprob: finite(t.logprob) })) } : {}) })}\n`
}

/** The line that ends an answer. The text is not in it: whoever has the tokens makes it. */
export function endEvent({ result, receipt, deadline }: Pick<NodeAnswer, 'result' | 'receipt' | 'deadline'>): string {
  const { tokens, logprobs, top, logitsHashes, finishReason } = result
  const { statement, signature } = receipt
  return `${JSON.stringify(toJson({ end: { tokens, logprobs: logprobs.map(finite), top: top.map((list) => list.map((t) => ({ ...t, logprob: finite(t.logprob) }))), logitsHashes, finishReason, receipt: { statement, signature }, deadline } }))}\n`
}

const tell = ({ code, message, field, fix, action, status, retryAfterMs }: OpenLedgerError): z.output<typeof told> => ({ code, message: message.slice(0, 2000), field: field?.slice(0, 200) ?? null, fix: fix ?? null, action, status, retryAfterMs: retryAfterMs ?? null })

/** The line of an answer that failed. */
export const errorEvent = (error: OpenLedgerError): string => `${JSON.stringify({ error: tell(error) })}\n`

/** The line of an order that was not taken. */
export const refusedEvent = (error: OpenLedgerError): string => `${JSON.stringify({ refused: tell(error) })}\n`

/** What a node may say of an order in words of its own, and what to do about it; anything else is a fault of the node. */
const known: Readonly<Record<string, { action: ErrorAction; status: number }>> = {
  ...Object.fromEntries(['BAD_SAMPLING', 'BAD_SCHEDULING', 'CONTEXT_OVERFLOW', 'PROMPT_EMPTY', 'TOKEN_RANGE'].map((code) => [code, { action: 'fix', status: 400 } as const])),
  ...Object.fromEntries(['OVERLOADED', 'ATTRIBUTION_BEHIND'].map((code) => [code, { action: 'retry', status: 429 } as const])),
  CONTINUATION_DIFFERS: { action: 'stop', status: 409 },
  DEADLINE_EXCEEDED: { action: 'retry', status: 503 },
}

/** The error that a node's line tells of. */
export function errorOf({ code, message, field, fix, retryAfterMs }: Extract<AnswerEvent, { error: unknown }>['error']): OpenLedgerError {
  const advice = Object.hasOwn(known, code) ? known[code] : undefined
  if (!advice) return new LinkFault('NODE_FAILED', 'the node failed to answer', { cause: new OpenLedgerError(code, message) })
  return new OpenLedgerError(code, message.slice(0, 300), { field: field ?? undefined, fix: fix?.slice(0, 300), retryAfterMs: retryAfterMs ?? undefined, ...advice })
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Whether a value is a token's line without alternatives, as the schema has it: nearly all lines are, and the schema takes long to say so. */
function isPlainToken(value: unknown): value is { token: number; logprob: number | null } {
  if (!isObject(value) || Object.keys(value).length !== 2) return false
  const { token, logprob } = value as { token?: unknown; logprob?: unknown }
  return Number.isInteger(token) && (token as number) >= 0 && (token as number) <= 0xffffffff && (logprob === null || Number.isFinite(logprob))
}

/** Reads one line. @throws LinkFault NODE_SPEAKS_ODDLY */
export function readAnswerEvent(line: string): AnswerEvent {
  try {
    const value: unknown = JSON.parse(line)
    if (isPlainToken(value)) return value
    // What a schema refuses costs much more than what it takes, and each answer has an end.
    return (isObject(value) && 'end' in value ? endSchema : answerEventSchema).parse(value)
  } catch (cause) {
    throw new LinkFault('NODE_SPEAKS_ODDLY', 'the node sent what is no token, no receipt and no error', { cause })
  }
}

/**
 * Cuts a stream of bytes into lines. What is no UTF-8 is replaced.
 * @param longest of a line, in bytes; beyond it what takes the bytes throws InputError LINE_TOO_LONG
 * @param take is given each line; false when no more are wanted
 * @returns what takes the bytes as they come; false when no more are wanted
 */
export function linesOf(longest: number, take: (line: string) => boolean): (bytes: Uint8Array) => boolean {
  // What has come of a line that has no end yet: looked through once, however long it becomes.
  let parts: Uint8Array[] = []
  let length = 0
  return (bytes) => {
    const whole = bytes.lastIndexOf(newline) + 1
    if (whole > 0) {
      const text = Buffer.concat([...parts, bytes.subarray(0, whole)]).toString()
      parts = []
      length = 0
      for (let begin = 0, end = text.indexOf('\n'); end >= 0; begin = end + 1, end = text.indexOf('\n', begin)) if (!take(text.slice(begin, end))) return false
    }
    if (whole < bytes.length) parts.push(bytes.subarray(whole))
    length += bytes.length - whole
    if (length > longest) fail('LINE_TOO_LONG', `a line is longer than ${longest} bytes`, { action: 'stop' })
    return true
  }
}
