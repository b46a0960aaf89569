import { encodeFunctionData, parseEventLogs } from 'viem'
import { guaranteesAbi, type Guarantee, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { payOpen } from '../wopen/payOpen.ts'

/** Accepts an agent's signed promise as its client: pays the reward in and binds the agent's penalty. @returns the guarantee's id */
export async function acceptGuarantee(writer: LedgerWriter, guarantee: Guarantee, signature: Hex): Promise<Hex> {
  const data = encodeFunctionData({ abi: guaranteesAbi, functionName: 'accept', args: [guarantee, signature] })
  const { logs } = await payOpen(writer, { name: 'acceptance', to: writer.addresses.guarantees, amount: guarantee.reward, native: data, wrapped: data })
  return onlyEvent(parseEventLogs({ abi: guaranteesAbi, eventName: 'Accepted', logs }), 'Accepted').args.guaranteeId
}
