import { encodeFunctionData, parseEventLogs, type Address, type TransactionReceipt } from 'viem'
import { isReceiptDrawn, samplingBeaconAbi, zeroHash, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { sendCall } from '../connection/sendCall.ts'
import type { EpochHeader } from '../epochs/EpochHeader.ts'

const abi = samplingBeaconAbi

/** How answers are sampled and judged: the rate in parts per million, the size of the first committee, what each agreeing vote is paid (smallest unit). */
export type AuditTerms = { ratePpm: number; size: number; fee: bigint }

/** An epoch's draw: `seed` is null until its block's hash was taken. */
export type Draw = { seed: Hex | null; seedBlock: bigint; ratePpm: number }

/** Asks for the seed of an epoch that stands and whose window is open; anyone may, once. Fails with ALREADY_ANNOUNCED, EPOCH_NOT_OPEN, WINDOW_CLOSED. */
export async function announceDraw(writer: LedgerWriter, gateway: Address, epoch: EpochHeader): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'announce', args: [gateway, epoch] })
  return sendCall(writer, { name: 'announcement of a draw', to: writer.addresses.samplingBeacon, data })
}

/**
 * Takes the seed of a draw once its block is there; anyone may. Fails with SEED_AHEAD until the next block.
 * @returns false when its block is too old to be read: another block was chosen, so take it again after that
 */
export async function takeDrawSeed(writer: LedgerWriter, epochHash: Hex): Promise<boolean> {
  const data = encodeFunctionData({ abi, functionName: 'fix', args: [epochHash] })
  const { logs } = await sendCall(writer, { name: 'seed of a draw', to: writer.addresses.samplingBeacon, data })
  return parseEventLogs({ abi, eventName: 'DrawMoved', logs }).length === 0
}

/** An epoch's draw, by the hash that the chain keeps of the epoch; null when nobody has announced it. */
export async function readDraw(reader: LedgerReader, epochHash: Hex): Promise<Draw | null> {
  const address = reader.addresses.samplingBeacon
  const found = await readLedger(reader, 'draw', (client) => client.readContract({ address, abi, functionName: 'drawOf', args: [epochHash] }))
  return found.ratePpm === 0 ? null : { ...found, seed: found.seed === zeroHash ? null : found.seed }
}

/** Those of some receipts that a draw has picked; none while its seed is not taken. */
export function drawnReceipts(draw: Draw, receiptIds: readonly Hex[]): Hex[] {
  const { seed } = draw
  return seed === null ? [] : receiptIds.filter((id) => isReceiptDrawn(seed, draw.ratePpm, id))
}

/** The terms for draws and cases that begin now. */
export async function readAuditTerms(reader: LedgerReader): Promise<AuditTerms> {
  const address = reader.addresses.samplingBeacon
  return readLedger(reader, 'terms of audits', (client) => client.readContract({ address, abi, functionName: 'terms' }))
}
