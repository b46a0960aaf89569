import { encodeAbiParameters } from 'viem'
import type { Hex } from '../encoding/bytes.ts'
import { fromHex, utf8 } from '../encoding/bytes.ts'
import { keccak } from '../encoding/hash.ts'
import { ProofError } from '../errors/classes.ts'
import type { StatementDomain } from '../statements/domain.ts'
import type { Attribution, Receipt } from '../statements/messages.ts'
import { statementDigest, verifyStatement } from '../statements/statement.ts'

const mark = keccak(utf8('openledger/attribution-pending/1'))

/**
 * What stands as `attributionRoot` in the receipt of an answer that is attributed after it was given: keccak(abi.encode(mark, deadline)).
 * @param deadline Unix seconds until which the node's Attribution must be there
 */
export function pendingAttributionRoot(deadline: number): Hex {
  return keccak(fromHex(encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint64' }], [mark, BigInt(deadline)])))
}

/** A receipt with what may have come after it. */
export type AttributedReceipt = {
  receipt: { statement: Receipt; signature: Hex }
  attributionDeadline?: number
  completion?: { statement: Attribution; signature: Hex }
}

/** Whether nothing was left open, the Attribution is there, or it is not (awaited still, or missed: only the clock tells). */
export type AttributionStage = 'settled' | 'complete' | 'open'

/** The roots in force: those of the Attribution once it is there, else the receipt's own. */
export function rootsInForce({ receipt, completion }: AttributedReceipt): Pick<Receipt, 'attributionRoot' | 'shareRoot'> {
  return completion?.statement ?? receipt.statement
}

const refuse = (message: string, field: string): never => {
  throw new ProofError('WRONG_ATTRIBUTION', message, { field })
}

/**
 * Checks that a receipt's mark, its deadline and its Attribution belong together and that the receipt's node signed in time.
 * @throws ProofError WRONG_ATTRIBUTION, BAD_SIGNATURE
 */
export async function checkCompletion(domain: StatementDomain, { receipt, attributionDeadline, completion }: AttributedReceipt): Promise<AttributionStage> {
  if (attributionDeadline === undefined) return completion ? refuse('the receipt left no attribution open, yet one is added', 'completion') : 'settled'
  if (receipt.statement.attributionRoot !== pendingAttributionRoot(attributionDeadline)) refuse('the receipt does not carry the mark of this deadline', 'attributionDeadline')
  if (!completion) return 'open'
  const { statement, signature } = completion
  if (statement.receiptId !== statementDigest(domain, 'Receipt', receipt.statement)) refuse('the attribution is that of another receipt', 'completion.receiptId')
  if (statement.time > BigInt(attributionDeadline)) refuse('the attribution was signed after its deadline', 'completion.time')
  await verifyStatement(domain, 'Attribution', statement, signature, receipt.statement.node)
  return 'complete'
}
