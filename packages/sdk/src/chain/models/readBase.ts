import type { Address } from 'viem'
import { modelsAbi, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

export type BaseState = {
  registrant: Address
  /** Unix seconds. */
  registeredAt: bigint
  contentHash: Hex
}

/** A registered base model; null when the chain does not know it. */
export async function readBase(reader: LedgerReader, baseId: Hex): Promise<BaseState | null> {
  const state = await readLedger(reader, 'base', (client) =>
    client.readContract({ address: reader.addresses.models, abi: modelsAbi, functionName: 'getBase', args: [baseId] }),
  )
  return state.registeredAt === 0n ? null : state
}
