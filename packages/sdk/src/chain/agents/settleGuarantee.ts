import { encodeFunctionData } from 'viem'
import { guaranteesAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import type { GuaranteeStatus } from './GuaranteeStatus.ts'
import { readGuarantee } from './readGuarantee.ts'

/** Ends a guarantee whose delivery was pending, by what its verifier says; anyone may send it. Fails with STILL_PENDING. @returns how it ended */
export async function settleGuarantee(writer: LedgerWriter, guaranteeId: Hex): Promise<GuaranteeStatus> {
  const data = encodeFunctionData({ abi: guaranteesAbi, functionName: 'settle', args: [guaranteeId] })
  await sendCall(writer, { name: 'settlement of a guarantee', to: writer.addresses.guarantees, data })
  return (await readGuarantee(writer, guaranteeId))?.status ?? 'unknown'
}
