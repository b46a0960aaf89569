import { encodeFunctionData, parseEventLogs, type Address } from 'viem'
import { datanetsAbi, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

export type NewDatanet = {
  /** Default: the sender. */
  owner?: Address
  metadataHash: Hex
  /** Whether anyone may contribute; default true. */
  openToContributors?: boolean
  /** Whether anyone may train; default false. */
  openToBuilders?: boolean
}

/** Makes a datanet on the chain and returns its id. */
export async function createDatanet(writer: LedgerWriter, datanet: NewDatanet): Promise<bigint> {
  const { owner = writer.walletClient.account.address, metadataHash, openToContributors = true, openToBuilders = false } = datanet
  const data = encodeFunctionData({ abi: datanetsAbi, functionName: 'create', args: [owner, metadataHash, openToContributors, openToBuilders] })
  const { logs } = await sendCall(writer, { name: 'datanet creation', to: writer.addresses.datanets, data })
  return onlyEvent(parseEventLogs({ abi: datanetsAbi, eventName: 'DatanetCreated', logs }), 'DatanetCreated').args.datanetId
}
