import { contributionIds, contributionBundleSchema, packContribution, writeContributionBundle, type ContributionBundle } from '@openledger/datanet'
import { hashJson, readArtefact, toHex, type ConsentTerms, type Hex, type Json, type RecordContent } from '@openledger/protocol'
import { OrderedTree, recordId, recordLeaf } from '@openledger/protocol'
import type { Actor } from '../context/Actor.ts'
import { KeptFiles } from '../context/KeptFiles.ts'
import type { Session } from '../context/Session.ts'

export type ContributionTerms = {
  datanetId: bigint
  records: readonly RecordContent[]
  licence: string
  consent: ConsentTerms
  /** Default: random; a repeated call finds the one of the first. */
  nonce?: bigint
}

export type PreparedContribution = { bundle: ContributionBundle; bytes: Uint8Array; contributionId: Hex; commitment: Hex }

/** The name of the file under which a contribution is kept: equal terms, equal name. */
function fileOf({ network }: Session, { account }: Actor, terms: ContributionTerms): string {
  const { datanetId, records, licence, consent, nonce } = terms
  const key: Json = {
    chainId: network.chainId,
    datanets: network.contracts.datanets.toLowerCase(),
    contributor: account.address.toLowerCase(),
    datanetId: datanetId.toString(),
    root: new OrderedTree(records.map((r) => recordLeaf(recordId(r)))).root,
    licence,
    consent,
    nonce: nonce?.toString() ?? null,
  }
  return `${hashJson(key).slice(2, 34)}.json`
}

/**
 * Signs a contribution and keeps its bundle in the data folder before anything is anchored, so that a crash loses no salt.
 * The same records under the same terms give the bundle that was kept.
 * @throws InputError as packContribution; StorageError WRITE_FAILED
 */
export async function prepareContribution(session: Session, actor: Actor, terms: ContributionTerms): Promise<PreparedContribution> {
  const kept = new KeptFiles(session.folder.contributions)
  const name = fileOf(session, actor, terms)
  let bytes = await kept.read(name)
  if (!bytes) {
    const { datanetId, records, licence, consent, nonce = BigInt(toHex(session.random(16))) } = terms
    const { chainId, contracts } = session.network
    const contributor = actor.account.address
    const bundle = await packContribution({ datanetId, contributor, records, licence, consent, nonce }, actor.account, { chainId, verifyingContract: contracts.datanets }, toHex(session.random(32)))
    bytes = writeContributionBundle(bundle)
    await kept.write(name, bytes)
  }
  const bundle = readArtefact(contributionBundleSchema, bytes)
  return { bundle, bytes, ...contributionIds(bundle) }
}
