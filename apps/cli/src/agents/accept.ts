import { fail, keccak, ProofError, receiptCriterion, statementDomain, utf8, verifyStatement, type GuaranteeFile, type Hex } from '@openledger/protocol'
import { acceptGuarantee, readGuarantee } from '@openledger/sdk'
import { isAddressEqual } from 'viem'
import type { Session } from '../context/Session.ts'
import { GuaranteeBook, guaranteeIdOf } from './GuaranteeBook.ts'

export type Acceptance = { guaranteeId: Hex; isNew: boolean }

/** Checks that a promise says what its file says: for this ledger, signed by the agent, task and terms behind their hashes. */
async function check({ network }: Session, { domain, guarantee, task, receiptTerms }: GuaranteeFile): Promise<void> {
  const { chainId, contracts } = network
  if (domain.chainId !== chainId || !isAddressEqual(domain.verifyingContract, contracts.guarantees)) fail('OTHER_LEDGER', 'the promise belongs to another ledger', { fix: 'open the data folder of that ledger' })
  const { statement, signature } = guarantee
  await verifyStatement(statementDomain(chainId, contracts.guarantees), 'Guarantee', statement, signature, statement.agent)
  const lie = (what: string): never => {
    throw new ProofError('WRONG_PROMISE', `${what} is not what the agent signed`, { fix: 'ask the agent for the true file' })
  }
  if (keccak(utf8(task)) !== statement.taskHash) lie('the task')
  const isReceipt = isAddressEqual(statement.verifier, contracts.receiptVerifier)
  if (isReceipt !== (receiptTerms !== null) || (receiptTerms && receiptCriterion(receiptTerms) !== statement.criterion)) lie('what a receipt must be')
}

/** Accepts a promise as its client: pays the reward in and binds the agent's penalty. Repeated, it changes nothing. @throws ProofError WRONG_PROMISE, BAD_SIGNATURE */
export async function accept(session: Session, client: string, file: GuaranteeFile): Promise<Acceptance> {
  await check(session, file)
  const { writer } = await session.actor(client)
  const guaranteeId = guaranteeIdOf(file)
  await new GuaranteeBook(session.folder.guarantees).keep(file)
  if (await readGuarantee(writer, guaranteeId)) return { guaranteeId, isNew: false }
  await acceptGuarantee(writer, file.guarantee.statement, file.guarantee.signature)
  return { guaranteeId, isNew: true }
}
