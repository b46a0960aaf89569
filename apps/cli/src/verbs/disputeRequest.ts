import type { DisputeRequest } from '@openledger/audit'
import { fail } from '@openledger/protocol'

const names = ['dot-product', 'score', 'split', 'inputs', 'answer-token', 'span-words', 'span-source', 'better-match', 'record-owner', 'suffix-order'] as const satisfies readonly DisputeRequest['name'][]
const parts = ['atom', 'chunk', 'span', 'at', 'record', 'rank'] as const

/**
 * Reads what to accuse of: a claim's name and, after a colon, which part of it, as in `dot-product:atom=3,chunk=0`.
 * @throws InputError BAD_DISPUTE
 */
export function disputeRequest(text: string): DisputeRequest {
  const [first = '', rest] = text.split(':', 2)
  const name = names.find((known) => known === first)
  const request: DisputeRequest = { name: name ?? fail('BAD_DISPUTE', `"${first.slice(0, 40)}" is no claim that can be disputed`, { field: '--dispute', fix: `name one of ${names.join(', ')}` }) }
  for (const word of rest === undefined || rest === '' ? [] : rest.split(',')) {
    const match = /^([a-z]+)=(\d{1,9})$/.exec(word)
    const part = parts.find((known) => known === match?.[1])
    if (part === undefined) fail('BAD_DISPUTE', `"${word.slice(0, 40)}" names no part of a claim`, { field: '--dispute', fix: `write parts as in dot-product:atom=3,chunk=0; they are ${parts.join(', ')}` })
    request[part] = Number(match![2])
  }
  return request
}
