import type { z } from 'zod'
import { readArtefact, toJson } from '../artefacts/readArtefact.ts'
import { utf8 } from '../encoding/bytes.ts'
import { fail } from '../errors/fail.ts'

/** The longest header that is read, in characters. */
export const maxPaymentHeader = 16_384

/** A message of x402 as it travels in a header: base64 of its JSON. */
export function writePaymentHeader(message: object): string {
  let binary = ''
  for (const byte of utf8(JSON.stringify(toJson(message)))) binary += String.fromCharCode(byte)
  return btoa(binary)
}

/**
 * Reads a message of x402 out of a header.
 * @param name the header's name, for errors
 * @throws InputError BAD_PAYMENT_HEADER, BAD_ARTEFACT
 */
export function readPaymentHeader<T extends z.ZodType>(schema: T, text: string, name = 'payment-signature'): z.output<T> {
  if (text.length > maxPaymentHeader) fail('BAD_PAYMENT_HEADER', `the header ${name} has at most ${maxPaymentHeader} characters`, { field: name })
  let bytes: Uint8Array
  try {
    bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch (cause) {
    return fail('BAD_PAYMENT_HEADER', `the header ${name} is not base64`, { cause, field: name, fix: 'send base64 of the JSON message' })
  }
  return readArtefact(schema, bytes)
}
