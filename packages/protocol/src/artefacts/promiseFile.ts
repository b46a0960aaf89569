import { z } from 'zod'
import { ProofError } from '../errors/classes.ts'
import { statementDomain } from '../statements/domain.ts'
import { verifyStatement } from '../statements/statement.ts'
import { address, hexBytes } from './fields.ts'
import { inclusionPromiseSchema } from './statementSchemas.ts'

/** A gateway's promise to settle a receipt, as node and payer keep it: with the ledger that it is about, so that it can be brought to court by itself. */
export const promiseFileSchema = z.strictObject({
  kind: z.literal('openledger/inclusion-promise/1'),
  chainId: z.int().min(1),
  epochs: address,
  statement: inclusionPromiseSchema,
  signature: hexBytes,
})

export type PromiseFile = z.infer<typeof promiseFileSchema>

/**
 * Checks that a promise is the gateway's own, and about what its holder paid for.
 * @throws ProofError BAD_SIGNATURE; WRONG_PROMISE when it is about another receipt, gateway, fee or ledger than `expected` says
 */
export async function checkPromise(file: PromiseFile, expected: { chainId: number; epochs: string; gateway: string; receiptId: string; fee: bigint }): Promise<void> {
  const { chainId, epochs, statement, signature } = file
  const found = { chainId, epochs, gateway: statement.gateway, receiptId: statement.receiptId, fee: statement.fee }
  for (const name of ['chainId', 'epochs', 'gateway', 'receiptId', 'fee'] as const) {
    if (String(found[name]).toLowerCase() === String(expected[name]).toLowerCase()) continue
    throw new ProofError('WRONG_PROMISE', `the promise is for ${name} ${String(found[name])}, not ${String(expected[name])}`, { field: name, fix: 'ask the gateway for the promise of this very receipt' })
  }
  await verifyStatement(statementDomain(chainId, epochs), 'InclusionPromise', statement, signature, statement.gateway)
}
