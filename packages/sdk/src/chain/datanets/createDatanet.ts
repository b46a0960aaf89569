import { encodeFunctionData, parseEventLogs, type Address } from 'viem'
import { datanetsAbi, zeroHash, type ConsentTerms, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'

export type NewDatanet = {
  /** Default: the sender. */
  owner?: Address
  metadataHash: Hex
  /** Whether anyone may contribute; default true. */
  openToContributors?: boolean
  /** Whether anyone may train whom the terms allow; default false. */
  openToBuilders?: boolean
  /** What every contribution must grant at least; what is left out is not allowed, to anyone. They can never be widened. */
  terms?: Partial<DatanetTerms>
}

export type DatanetTerms = {
  consent: ConsentTerms
  /** Between the mark of a revoked record and the freeze of the adapters that were trained on it; at most 30 days. */
  graceSeconds: number
  /** Names the document that says the terms in words; zero for none. */
  termsHash: Hex
  /** SPDX identifiers of the licences under which adapters may be passed on; at most 16. */
  licences: readonly string[]
}

const noTerms: DatanetTerms = { consent: 0, graceSeconds: 0, termsHash: zeroHash, licences: [] }

/** Makes a datanet on the chain and returns its id. */
export async function createDatanet(writer: LedgerWriter, datanet: NewDatanet): Promise<bigint> {
  const { owner = writer.walletClient.account.address, metadataHash, openToContributors = true, openToBuilders = false, terms } = datanet
  const data = encodeFunctionData({ abi: datanetsAbi, functionName: 'create', args: [owner, metadataHash, openToContributors, openToBuilders, { ...noTerms, ...terms }] })
  const { logs } = await sendCall(writer, { name: 'datanet creation', to: writer.addresses.datanets, data })
  return onlyEvent(parseEventLogs({ abi: datanetsAbi, eventName: 'DatanetCreated', logs }), 'DatanetCreated').args.datanetId
}
