import { encodeFunctionData, parseEventLogs } from 'viem'
import { datanetsAbi, type Contribution, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Shows a contribution that was committed in an earlier block; anyone may bring it. @returns the contribution's id */
export async function revealContribution(writer: LedgerWriter, contribution: Contribution, salt: Hex, signature: Hex): Promise<Hex> {
  const data = encodeFunctionData({ abi: datanetsAbi, functionName: 'reveal', args: [contribution, salt, signature] })
  const { logs } = await sendCall(writer, { name: 'reveal', to: writer.addresses.datanets, data })
  return onlyEvent(parseEventLogs({ abi: datanetsAbi, eventName: 'ContributionRevealed', logs }), 'ContributionRevealed').args.contributionId
}
