import { checkOrigins, readContributionBundle, readSnapshotFile, type ContentStore, type KnownContribution, type SnapshotRecord } from '@openledger/datanet'
import { contributionIds, contributionBundleSchema } from '@openledger/datanet'
import { missingConsent, readArtefact, snapshotId, type ConsentTerms, type Hex, type Network, type RunManifest } from '@openledger/protocol'
import type { ChainView } from '../chain/ChainView.ts'
import { expectEqual, falseClaim } from '../report/Auditor.ts'

type Source = RunManifest['snapshots'][number]
/** The records of a snapshot, and when those that were withdrawn were (Unix seconds). */
export type Lineage = {
  records: SnapshotRecord[]
  revoked: Map<Hex, bigint>
  /** Each contribution's place in the chain's order of commitment. */
  orders: Map<Hex, bigint>
}

export type LineageParts = {
  content: Pick<ContentStore, 'get'>
  chain: Pick<ChainView, 'snapshot' | 'contribution' | 'revokedAt'>
  network: Network
  /** What each contribution must have allowed. */
  needed: ConsentTerms
  /** When the adapter was registered, Unix seconds: what was revoked before may not be in it. */
  registeredAt: bigint
}

const requestsAtOnce = 32

type Ordered = KnownContribution & { order: bigint }

/** Checks one contribution bundle against the chain, and gives what the snapshot may take from it. */
async function checkContribution(entry: Source['contributions'][number], { content, chain, network, needed }: LineageParts): Promise<Ordered> {
  const bytes = await content.get(entry.cid)
  const verified = await readContributionBundle(bytes, { chainId: network.chainId, datanets: network.contracts.datanets })
  expectEqual('contribution id', entry.contributionId, contributionIds(readArtefact(contributionBundleSchema, bytes)).contributionId)
  const known = await chain.contribution(entry.contributionId)
  if (!known) return falseClaim(`the chain knows no contribution ${entry.contributionId}`)
  const { contribution } = verified
  expectEqual('contributor on chain', known.contributor, contribution.contributor)
  expectEqual('records root on chain', known.recordsRoot, contribution.recordsRoot)
  expectEqual('datanet on chain', known.datanetId, contribution.datanetId)
  const missing = missingConsent(contribution.consent, needed)
  if (missing.length > 0) falseClaim(`contribution ${entry.contributionId} does not allow ${missing.join(', nor ')}`)
  return { contributionId: entry.contributionId, contributor: contribution.contributor, licence: contribution.licence, recordIds: verified.recordIds, order: known.order }
}

/**
 * Checks one snapshot of a run down to its contributors: the file against the chain, every contribution's signature and anchor, and
 * that each record stands in the contribution that it names, in the order of commitment.
 */
export async function checkLineage(source: Source, parts: LineageParts): Promise<Lineage> {
  const { content, chain, registeredAt } = parts
  const anchored = await chain.snapshot(source.snapshotId)
  if (!anchored) return falseClaim(`the chain knows no snapshot ${source.snapshotId}`)
  const { datanetId, parent, root, recordCount, contributorCount, contentHash } = anchored
  const { snapshot, records } = readSnapshotFile(await content.get(source.cid), { datanetId, parent, root, recordCount, contributorCount, contentHash })
  expectEqual('snapshot id', source.snapshotId, snapshotId(snapshot))
  const contributions: Ordered[] = []
  for (const entry of source.contributions) contributions.push(await checkContribution(entry, parts))
  contributions.sort((a, b) => (a.order < b.order ? -1 : 1))
  checkOrigins(records, contributions)
  const revoked = new Map<Hex, bigint>()
  for (let at = 0; at < records.length; at += requestsAtOnce) {
    const batch = records.slice(at, at + requestsAtOnce)
    const times = await Promise.all(batch.map((r) => chain.revokedAt(datanetId, r.recordId, r.contributor)))
    for (const [i, time] of times.entries()) {
      if (time === null) continue
      const { recordId, contributor, weight } = batch[i]!
      // From a copy without weight nothing was learnt, and no snapshot can be marked by it.
      if (time < registeredAt && weight > 0) falseClaim(`record ${recordId} was revoked by ${contributor} before the adapter was registered`)
      revoked.set(recordId, time)
    }
  }
  return { records, revoked, orders: new Map(contributions.map((c) => [c.contributionId.toLowerCase() as Hex, c.order])) }
}
