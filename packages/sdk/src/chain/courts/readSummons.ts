import { zeroAddress, type Address } from 'viem'
import { getContractEvents } from 'viem/actions'
import { attributionCourtAbi, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

/** A node that is called upon to show an attribution; times in Unix seconds, the deposit in the smallest unit. */
export type Summons = { accuser: Address; node: Address; deposit: bigint; deadline: number; answerBy: number }

/** The summons that stands for a receipt; null when there is none, or it was answered or decided. */
export async function readSummons(reader: LedgerReader, receiptId: Hex): Promise<Summons | null> {
  const address = reader.addresses.attributionCourt
  const found = await readLedger(reader, 'summons', (client) => client.readContract({ address, abi: attributionCourtAbi, functionName: 'getSummons', args: [receiptId] }))
  return found.node === zeroAddress ? null : found
}

/** The receipts whose attribution a node was summoned to show in a range of blocks, both ends included; each once. */
export async function findAttributionSummonsesTo(reader: LedgerReader, node: Address, fromBlock: bigint, toBlock: bigint): Promise<Hex[]> {
  const address = reader.addresses.attributionCourt
  const events = await readLedger(reader, 'summonses', (client) => getContractEvents(client, { address, abi: attributionCourtAbi, eventName: 'Summoned', args: { node }, fromBlock, toBlock, strict: true }))
  return [...new Set(events.map(({ args }) => args.receiptId))]
}

/** Whether a receipt's attribution has cost its node a part of its bond. */
export async function readConvicted(reader: LedgerReader, receiptId: Hex): Promise<boolean> {
  const address = reader.addresses.attributionCourt
  return readLedger(reader, 'conviction', (client) => client.readContract({ address, abi: attributionCourtAbi, functionName: 'isConvicted', args: [receiptId] }))
}
