import { encodeFunctionData } from 'viem'
import { guaranteesAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import type { GuaranteeStatus } from './GuaranteeStatus.ts'
import { readGuarantee } from './readGuarantee.ts'

/**
 * Brings what an agent promised, as its verifier wants it: the content itself, `receiptEvidence`, `releaseEvidence` or `committeeEvidence`. By the agent,
 * until the deadline. A committee takes its fees from the sender, who has approved them in WOPEN.
 * @returns `kept`, or `delivered` while a verifier is to answer
 */
export async function deliverGuarantee(writer: LedgerWriter, guaranteeId: Hex, evidence: Hex): Promise<GuaranteeStatus> {
  const data = encodeFunctionData({ abi: guaranteesAbi, functionName: 'deliver', args: [guaranteeId, evidence] })
  await sendCall(writer, { name: 'delivery', to: writer.addresses.guarantees, data })
  return (await readGuarantee(writer, guaranteeId))?.status ?? 'unknown'
}
