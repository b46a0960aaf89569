import type { Address } from 'viem'
import { getContractEvents } from 'viem/actions'
import { epochsAbi, StorageError, zeroHash, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'
import type { EpochHeader } from './EpochHeader.ts'

export type EpochState = {
  header: EpochHeader
  epochHash: Hex
  /** Whether the dispute window has closed by the chain's latest block. */
  final: boolean
}

/** A gateway's epoch that stands; null when it was never posted or is void. */
export async function readEpoch(reader: LedgerReader, gateway: Address, index: bigint): Promise<EpochState | null> {
  const { epochs: address, deployBlock } = reader.addresses
  const [epochHash, block] = await readLedger(reader, 'epoch', (client) =>
    Promise.all([client.readContract({ address, abi: epochsAbi, functionName: 'epochHash', args: [gateway, index] }), client.getBlock()]),
  )
  if (epochHash === zeroHash) return null
  const events = await readLedger(reader, 'epoch event', (client) =>
    getContractEvents(client, { address, abi: epochsAbi, eventName: 'EpochPosted', args: { gateway, index }, fromBlock: BigInt(deployBlock), strict: true }),
  )
  const header = events.findLast(({ args }) => args.epochHash === epochHash)?.args.epoch
  if (!header) {
    throw new StorageError('EVENT_MISSING', `the chain keeps no event of epoch ${index} of ${gateway}`, { action: 'stop', fix: 'ask a node that keeps all logs' })
  }
  return { header, epochHash, final: block.timestamp >= header.finalAt }
}
