import { toJson, type Hex, type Json } from '@openledger/protocol'
import type { ChainEvent } from '../chain/events/ChainEvent.ts'

/** An event of the ledger as books are kept from it: hexadecimal in lower case, amounts as decimal strings. `name` is contract and event. */
export type MoneyEvent = { name: string; args: { [field: string]: Json }; /** Unix seconds. */ time: number; transaction: Hex }

const lower = (value: Json): Json => (typeof value === 'string' && value.startsWith('0x') ? value.toLowerCase() : value)

/** A decoded event as books are kept from it. @param time of its block, Unix seconds */
export function moneyEvent({ contract, eventName, args, transactionHash }: ChainEvent, time: number): MoneyEvent {
  const fields = Object.entries(toJson(args) as { [field: string]: Json }).map(([name, value]) => [name, lower(value)])
  return { name: `${contract[0]!.toUpperCase()}${contract.slice(1)}.${eventName}`, args: Object.fromEntries(fields) as MoneyEvent['args'], time, transaction: transactionHash }
}
