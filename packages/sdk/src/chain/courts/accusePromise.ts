import { fail, statementDomain, verifyStatement, type PromiseFile } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { convictPromise, readInclusionSummons, summonPromise } from './summonPromise.ts'

/** What became of an accusation: the gateway is slashed, or it has until `answerBy` (Unix seconds) to show the receipt. */
export type PromiseVerdict = { outcome: 'convicted' } | { outcome: 'summoned'; answerBy: number }

/**
 * Brings a broken promise to the chain: first as a summons, then, by the same call after its time, as a conviction. Whether the receipt stands
 * in an epoch is the caller's to look up: a gateway that can show it gets the deposit.
 * @throws InputError CHAIN_MISMATCH for a promise of another ledger, PROMISE_NOT_DUE before its date; ProofError BAD_SIGNATURE; what the contract refuses
 */
export async function accusePromise(writer: LedgerWriter, promise: PromiseFile): Promise<PromiseVerdict> {
  const { epochs, chainId } = writer.addresses
  if (promise.chainId !== chainId || promise.epochs.toLowerCase() !== epochs.toLowerCase()) {
    fail('CHAIN_MISMATCH', 'the promise is about another ledger', { field: 'epochs', fix: 'use the network file of the ledger that it names' })
  }
  const { statement, signature } = promise
  const { gateway, receiptId, includeBy } = statement
  await verifyStatement(statementDomain(chainId, epochs), 'InclusionPromise', statement, signature, gateway)
  const { timestamp } = await readLedger(writer, 'block', (client) => client.getBlock())
  if (timestamp <= includeBy) fail('PROMISE_NOT_DUE', `the gateway has until ${new Date(1000 * Number(includeBy)).toISOString()}`, { field: 'includeBy', fix: 'wait until the date is past' })
  const standing = await readInclusionSummons(writer, gateway, receiptId)
  if (standing) {
    if (timestamp <= BigInt(standing.answerBy)) return { outcome: 'summoned', answerBy: standing.answerBy }
    await convictPromise(writer, gateway, receiptId)
    return { outcome: 'convicted' }
  }
  await summonPromise(writer, promise)
  const placed = await readInclusionSummons(writer, gateway, receiptId)
  return { outcome: 'summoned', answerBy: placed?.answerBy ?? 0 }
}
