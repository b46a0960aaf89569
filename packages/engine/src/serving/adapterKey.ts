import { fail } from '@openledger/protocol'
import type { GenerateRequest } from './requests.ts'
import type { WantedAdapter } from './Ticket.ts'

const mostAdapters = 8

/** The adapters that a request names, each with its weight. @throws InputError `BAD_MIX` */
export function wantedAdapters({ adapterId, mix }: Pick<GenerateRequest, 'adapterId' | 'mix'>): WantedAdapter[] {
  if (!mix) return adapterId === null ? [] : [{ adapterId, weight: 1 }]
  const wrong = (message: string): never => fail('BAD_MIX', message, { field: 'mix' })
  if (adapterId !== null) wrong('a request names one adapter or a mix of several, not both')
  if (mix.length === 0 || mix.length > mostAdapters) wrong(`a mix has 1 to ${mostAdapters} adapters, not ${mix.length}`)
  if (mix.some(({ weight }) => !Number.isFinite(weight))) wrong('a weight is not a number')
  if (new Set(mix.map((use) => use.adapterId)).size < mix.length) wrong('a mix names an adapter twice')
  return [...mix]
}

/** Names adapters with their weights, as keys and values depend on them; empty for the bare base. */
export function adapterKey(adapters: readonly WantedAdapter[]): string {
  return adapters.map(({ adapterId, weight }) => (weight === 1 ? adapterId : `${adapterId}*${weight}`)).join()
}
