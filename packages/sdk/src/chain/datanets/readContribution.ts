import type { Address } from 'viem'
import { datanetsAbi, type ConsentTerms, type Hex } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import { readLedger } from '../connection/readLedger.ts'

export type ContributionState = {
  contributor: Address
  datanetId: bigint
  recordsRoot: Hex
  count: number
  consent: ConsentTerms
  /** Unix seconds. */
  committedAt: bigint
  /** The commit's place among all commits: the earlier one owns a record that both hold. */
  order: bigint
}

/** A revealed contribution; null when the chain does not know it. */
export async function readContribution(reader: LedgerReader, contributionId: Hex): Promise<ContributionState | null> {
  const state = await readLedger(reader, 'contribution', (client) =>
    client.readContract({ address: reader.addresses.datanets, abi: datanetsAbi, functionName: 'getContribution', args: [contributionId] }),
  )
  return state.order === 0n ? null : { ...state, consent: state.consent as ConsentTerms }
}
