import { encodeFunctionData, type Address, type TransactionReceipt } from 'viem'
import { epochsAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { epochBrief } from './epochBrief.ts'
import type { EpochHeader } from './EpochHeader.ts'

/** Shows the chain an epoch that is final, so that the gateway's bond need not cover it and those before it any more; anyone may. Fails with NOT_FINAL. */
export async function finaliseEpoch(writer: LedgerWriter, gateway: Address, epoch: EpochHeader): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi: epochsAbi, functionName: 'finalise', args: [gateway, epochBrief(epoch)] })
  return sendCall(writer, { name: 'final epoch', to: writer.addresses.epochs, data })
}
