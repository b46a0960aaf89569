import { parseOpen } from '@openledger/protocol'
import { sendCall } from '@openledger/sdk'
import type { Address } from 'viem'
import { askChain } from '../context/askChain.ts'
import type { Session } from '../context/Session.ts'

/** Below this an account is topped up: enough for the gas of a few hundred transactions. */
const floor = parseOpen('0.5')
const grant = parseOpen('5')

/** Sees to it that an account can pay for gas: gives it OPEN of the funder's key when it has little. Returns what was given, smallest unit. */
export async function ensureFunds(session: Session, address: Address, funder: string): Promise<bigint> {
  const balance = await askChain(session.reader, 'balance', (client) => client.getBalance({ address, blockTag: 'latest' }))
  if (balance >= floor) return 0n
  const { writer } = await session.actor(funder)
  await sendCall(writer, { name: 'grant', to: address, data: '0x', value: grant })
  return grant
}
