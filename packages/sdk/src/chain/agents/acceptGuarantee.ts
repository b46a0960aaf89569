import { encodeFunctionData, parseEventLogs } from 'viem'
import { guaranteesAbi, type Guarantee, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Accepts an agent's signed promise as its client: pays the reward in, in native OPEN, and binds the agent's penalty. @returns the guarantee's id */
export async function acceptGuarantee(writer: LedgerWriter, guarantee: Guarantee, signature: Hex): Promise<Hex> {
  const data = encodeFunctionData({ abi: guaranteesAbi, functionName: 'accept', args: [guarantee, signature] })
  const { logs } = await sendCall(writer, { name: 'acceptance', to: writer.addresses.guarantees, data, value: guarantee.reward })
  return onlyEvent(parseEventLogs({ abi: guaranteesAbi, eventName: 'Accepted', logs }), 'Accepted').args.guaranteeId
}
