import { OpenLedgerError } from '@openledger/protocol'
import { readWopenBalance } from '@openledger/sdk'
import type { Address } from 'viem'
import { askChain } from '../context/askChain.ts'
import type { Session } from '../context/Session.ts'

export type ListedKey = { name: string; address: Address; /** Smallest unit; null while the chain is away. */ open: bigint | null; wopen: bigint | null }

/** The keys of the data folder with what they hold. */
export async function listKeys({ keys, reader }: Pick<Session, 'keys' | 'reader'>): Promise<ListedKey[]> {
  const listed: ListedKey[] = []
  const impatient = { ...reader, timeoutMs: 2000 }
  let away = false
  for (const name of await keys.names()) {
    const address = await keys.address(name)
    let balances: [bigint, bigint] | undefined
    try {
      if (!away) balances = await Promise.all([askChain(impatient, 'balance', (client) => client.getBalance({ address })), readWopenBalance(impatient, address)])
    } catch (error) {
      if (!(error instanceof OpenLedgerError) || error.action !== 'retry') throw error
      away = true
    }
    listed.push({ name, address, open: balances?.[0] ?? null, wopen: balances?.[1] ?? null })
  }
  return listed
}
