import { findClusters, quantizeEmbedding, snapshotCorpus, weighByClusters, type ClusterEvidence, type CorpusRecord } from '@openledger/attribution'
import { recordId, sha256, utf8 } from '@openledger/protocol'
import type { Address } from 'viem'
import type { OwnedRecord } from './attacks.ts'
import type { GamingEngine } from './GamingEngine.ts'

/** The address of an account. */
export const addressOf = (account: number): Address => `0x${(account + 1).toString(16).padStart(40, '0')}`

/** The account of an address. */
export const accountOf = (address: string): number => Number(BigInt(address)) - 1

/** Every record, copies too, with a whole weight: a network that does not look for copies. In the order of commitment, as are the others. */
export function sealOpenly(records: readonly OwnedRecord[]): CorpusRecord[] {
  return records.map(({ prompt, completion, account }) => ({ prompt, completion, recordId: recordId({ prompt, completion }), contributor: addressOf(account), weight: 1 }))
}

/**
 * One unit of training weight per cluster, for the record committed first, and of each answer what it says anew.
 * @param evidence what the model makes of each record; absent: by text alone
 */
export function sealByClusters(records: readonly OwnedRecord[], evidence?: readonly ClusterEvidence[]): CorpusRecord[] {
  const open = sealOpenly(records)
  const given = open.map((record, order) => ({ ...record, order, contributionId: sha256(utf8(record.contributor)) }))
  return weighByClusters(given, findClusters({ records: given, evidence })).map(({ weight, taught }, i) => ({ ...open[i]!, weight, taught }))
}

/** {@link sealByClusters} with the model's own evidence, as a training job does it. */
export async function sealPlay(engine: GamingEngine, records: readonly OwnedRecord[], maxLength: number): Promise<CorpusRecord[]> {
  const { examples } = await snapshotCorpus(sealOpenly(records), engine.tokenizer, maxLength)
  const prints = await engine.host.fingerprints(examples)
  return sealByClusters(records, prints.map(({ simhash, embedding }) => ({ simhash, embedding: quantizeEmbedding(embedding) })))
}
