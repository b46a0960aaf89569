import type { Address } from 'viem'
import { modelsAbi, type ConsentTerms, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'
import { ledgerError } from '../errors/ledgerError.ts'
import type { Revocations } from './readRevocations.ts'

/** A snapshot that an adapter was trained on, with the datanet that it is a version of. */
export type LineageSource = Revocations & {
  snapshotId: Hex
  /** The snapshot before this one; zero for the first. */
  parent: Hex
  /** Ordered Merkle root over (record id, contributor, weight): where every record of it is proven. */
  recordsRoot: Hex
  /** SHA-256 of the snapshot file. */
  contentHash: Hex
  recordCount: number
  contributorCount: number
  /** The version's number in its datanet, counted from 1. */
  number: bigint
  /** Unix seconds. */
  sealedAt: bigint
  datanetId: bigint
  owner: Address
  /** The datanet's terms as they stand now. */
  consent: ConsentTerms
  graceSeconds: number
  termsHash: Hex
}

export type Lineage = {
  adapterId: Hex
  baseId: Hex
  /** SHA-256 of the base's file as its registrant says; zero for none. */
  baseContentHash: Hex
  trainer: Address
  /** The EIP-712 digest of the trainer's statement. */
  runId: Hex
  /** SHA-256 of the run's manifest. */
  contentHash: Hex
  /** Unix seconds. */
  registeredAt: bigint
  /** Whether all datanets' terms allowed to sell its answers when it was registered. */
  isPaidUseAllowed: boolean
  revocations: Revocations
  sources: LineageSource[]
}

/**
 * Everything from an adapter to the roots of its records, in one call of the chain.
 * @returns null when the chain does not know the adapter
 * @throws OpenLedgerError: CHAIN_AWAY
 */
export async function readLineage(reader: LedgerReader, adapterId: Hex): Promise<Lineage | null> {
  const found = await readLedger(reader, 'lineage', (client) =>
    client.readContract({ address: reader.addresses.models, abi: modelsAbi, functionName: 'getLineage', args: [adapterId] }).catch((error: unknown) => {
      if (ledgerError('lineage', error).code === 'UNKNOWN_MODEL') return null
      throw error
    }),
  )
  if (found === null) return null
  const { adapter, base, revocations } = found
  const sources = found.sources.map(({ snapshotId, snapshot, datanet }): LineageSource => {
    const { parent, root: recordsRoot, contentHash, recordCount, contributorCount, number, sealedAt, datanetId, revokedRecords, freezeAt } = snapshot
    const { owner, graceSeconds, termsHash } = datanet
    return {
      ...{ snapshotId, parent, recordsRoot, contentHash, recordCount, contributorCount, number, sealedAt, datanetId, revokedRecords, freezeAt },
      ...{ owner, graceSeconds, termsHash, consent: datanet.consent as ConsentTerms },
    }
  })
  const { baseId, trainer, runId, contentHash, registeredAt, isPaidUseAllowed } = adapter
  return { adapterId, baseId, baseContentHash: base.contentHash, trainer, runId, contentHash, registeredAt, isPaidUseAllowed, revocations, sources }
}
