import { encodeFunctionData, parseEventLogs } from 'viem'
import { datanetsAbi, type Hex, type Snapshot } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

/** Seals the next version of a datanet with its owner's signature; anyone may bring it. @returns the snapshot's id */
export async function sealSnapshot(writer: LedgerWriter, snapshot: Snapshot, signature: Hex): Promise<Hex> {
  const data = encodeFunctionData({ abi: datanetsAbi, functionName: 'seal', args: [snapshot, signature] })
  const { logs } = await sendCall(writer, { name: 'seal', to: writer.addresses.datanets, data })
  return onlyEvent(parseEventLogs({ abi: datanetsAbi, eventName: 'SnapshotSealed', logs }), 'SnapshotSealed').args.snapshotId
}
