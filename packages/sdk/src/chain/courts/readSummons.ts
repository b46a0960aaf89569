import { zeroAddress, type Address } from 'viem'
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

/** Whether a receipt's attribution has cost its node a part of its bond. */
export async function readConvicted(reader: LedgerReader, receiptId: Hex): Promise<boolean> {
  const address = reader.addresses.attributionCourt
  return readLedger(reader, 'conviction', (client) => client.readContract({ address, abi: attributionCourtAbi, functionName: 'isConvicted', args: [receiptId] }))
}
