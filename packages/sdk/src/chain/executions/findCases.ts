import type { Address } from 'viem'
import { getContractEvents } from 'viem/actions'
import { epochsAbi, executionCourtAbi, type ExecutionOpening, type Hex, type Receipt } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'
import type { EpochHeader } from '../epochs/EpochHeader.ts'

const court = (reader: LedgerReader) => ({ address: reader.addresses.executionCourt, abi: executionCourtAbi, strict: true }) as const

/** The receipts about which a case began in a range of blocks, both ends included; each once. */
export async function findCases(reader: LedgerReader, fromBlock: bigint, toBlock: bigint): Promise<Hex[]> {
  const events = await readLedger(reader, 'cases', (client) => getContractEvents(client, { ...court(reader), eventName: 'ExecutionSummoned', fromBlock, toBlock }))
  return [...new Set(events.map(({ args }) => args.receiptId))]
}

/** The summonses to open an answer that a node got in a range of blocks, both ends included. `number` counts the cases about a receipt. */
export async function findSummonsesTo(reader: LedgerReader, node: Address, fromBlock: bigint, toBlock: bigint): Promise<{ receiptId: Hex; number: bigint }[]> {
  const events = await readLedger(reader, 'summonses', (client) => getContractEvents(client, { ...court(reader), eventName: 'ExecutionSummoned', args: { node }, fromBlock, toBlock }))
  return events.map(({ args: { receiptId, number } }) => ({ receiptId, number }))
}

/** What a node opened in a receipt's case of this number; null while it has not. */
export async function readOpenedAnswer(reader: LedgerReader, receiptId: Hex, number: bigint): Promise<{ receipt: Receipt; opening: ExecutionOpening } | null> {
  const fromBlock = BigInt(reader.addresses.deployBlock)
  const events = await readLedger(reader, 'opening', (client) => getContractEvents(client, { ...court(reader), eventName: 'ExecutionOpened', args: { receiptId }, fromBlock }))
  const found = events.findLast(({ args }) => args.number === number)
  return found ? { receipt: found.args.receipt, opening: found.args.opening } : null
}

/** An epoch as its event describes it; whether it still stands is not said. */
export type PostedEpoch = { gateway: Address; epochHash: Hex; header: EpochHeader }

/** The epochs that were posted in a range of blocks, both ends included. */
export async function findPostedEpochs(reader: LedgerReader, fromBlock: bigint, toBlock: bigint): Promise<PostedEpoch[]> {
  const { epochs: address } = reader.addresses
  const events = await readLedger(reader, 'epochs', (client) => getContractEvents(client, { address, abi: epochsAbi, eventName: 'EpochPosted', fromBlock, toBlock, strict: true }))
  return events.map(({ args }) => ({ gateway: args.gateway, epochHash: args.epochHash, header: args.epoch }))
}
