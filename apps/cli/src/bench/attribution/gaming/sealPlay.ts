import { weighRecords } from '@openledger/datanet'
import type { CorpusRecord } from '@openledger/attribution'
import { recordId } from '@openledger/protocol'
import type { Address } from 'viem'
import type { OwnedRecord } from './attacks.ts'

/** The address of an account. */
export const addressOf = (account: number): Address => `0x${(account + 1).toString(16).padStart(40, '0')}`

/** The account of an address. */
export const accountOf = (address: string): number => Number(BigInt(address)) - 1

/**
 * Weighs records as a datanet does when it seals them, in the order of their commitment.
 * @param clusters false gives every record, copies too, a whole weight: a network without this defence
 */
export function sealPlay(records: readonly OwnedRecord[], clusters: boolean): CorpusRecord[] {
  const contents = records.map(({ prompt, completion }) => ({ prompt, completion, recordId: recordId({ prompt, completion }) }))
  const weights = weighRecords(contents)
  return contents.map((content, i) => ({ ...content, contributor: addressOf(records[i]!.account), weight: clusters ? weights[i]!.weight : 1 }))
}
