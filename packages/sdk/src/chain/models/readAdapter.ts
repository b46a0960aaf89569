import { getContractEvents } from 'viem/actions'
import { modelsAbi, StorageError, type Hex, type TrainingRun } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

export type AdapterState = {
  /** The trainer's whole statement, read from the registration's event. */
  run: TrainingRun
  /** The EIP-712 digest of the statement. */
  runId: Hex
  /** Unix seconds. */
  registeredAt: bigint
  contentHash: Hex
  /** Whether all datanets' terms allowed to sell its answers when it was registered. */
  isPaidUseAllowed: boolean
}

/** A registered adapter with its lineage; null when the chain does not know it. */
export async function readAdapter(reader: LedgerReader, adapterId: Hex): Promise<AdapterState | null> {
  const { models: address, deployBlock } = reader.addresses
  const state = await readLedger(reader, 'adapter', (client) =>
    client.readContract({ address, abi: modelsAbi, functionName: 'getAdapter', args: [adapterId] }),
  )
  if (state.registeredAt === 0n) return null
  const events = await readLedger(reader, 'adapter event', (client) =>
    getContractEvents(client, { address, abi: modelsAbi, eventName: 'AdapterRegistered', args: { adapterId }, fromBlock: BigInt(deployBlock), strict: true }),
  )
  const run = events[0]?.args.run
  if (!run) {
    throw new StorageError('EVENT_MISSING', `the chain keeps no event of adapter ${adapterId}`, { action: 'stop', fix: 'ask a node that keeps all logs' })
  }
  const { runId, registeredAt, contentHash, isPaidUseAllowed } = state
  return { run, runId, registeredAt, contentHash, isPaidUseAllowed }
}
