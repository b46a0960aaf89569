import { fail, signStatement, statementDomain, type Hex } from '@openledger/protocol'
import { readGuarantee } from '@openledger/sdk'
import { isAddressEqual } from 'viem'
import type { Session } from '../context/Session.ts'
import { GuaranteeBook } from './GuaranteeBook.ts'

export type Released = { guaranteeId: Hex; resultHash: Hex; signature: Hex }

/** Signs, as the client, that a result is what was promised: the agent delivers the signature. @throws InputError UNKNOWN_GUARANTEE, NOT_THE_CLIENT */
export async function release(session: Session, client: string, prefix: string, resultHash: Hex): Promise<Released> {
  const guaranteeId = await new GuaranteeBook(session.folder.guarantees).find(prefix)
  const { account } = await session.actor(client)
  const state = await readGuarantee(session.reader, guaranteeId)
  if (!state || !isAddressEqual(state.guarantee.client, account.address)) fail('NOT_THE_CLIENT', `the key "${client}" is not the client of this promise`, { field: '--as', fix: 'name the key that accepted it' })
  const { chainId, contracts } = session.network
  const signature = await signStatement(account, statementDomain(chainId, contracts.guarantees), 'Release', { guaranteeId, resultHash })
  return { guaranteeId, resultHash, signature }
}
