import { readContributionBundle, type ContentStore, type VerifiedContribution } from '@openledger/datanet'
import { fail, missingConsent, type Network } from '@openledger/protocol'
import type { ChainAccess } from '../chain/ChainAccess.ts'
import type { Ledger } from '../ledger/Ledger.ts'
import type { Query } from '../database/Database.ts'
import { judgeRecords } from './judgeRecords.ts'
import type { RecordIndex } from './RecordIndex.ts'

export type ContributionParts = { network: Network; chain: ChainAccess; query: Query; ledger: Ledger; content: ContentStore; index: RecordIndex }

async function checkOnChain(parts: ContributionParts, verified: VerifiedContribution): Promise<void> {
  const { contribution, commitment } = verified
  const { chain } = parts
  const { datanetId, contributor, nonce } = contribution
  const datanet = await chain.datanet(datanetId)
  if (!datanet) return fail('UNKNOWN_DATANET', `the chain knows no datanet ${datanetId}`, { status: 404, field: 'datanetId' })
  const missing = missingConsent(contribution.consent, datanet.consent)
  if (missing.length > 0) {
    fail('CONSENT_TOO_NARROW', `whoever contributes to datanet ${datanetId} must allow ${missing.join(', and ')}`, { status: 409, field: 'contribution.statement.consent', fix: 'sign a contribution that allows it, or give the records to a datanet with narrower terms' })
  }
  if (!(await chain.isContributorAllowed(datanetId, contributor))) {
    fail('CONTRIBUTOR_NOT_ALLOWED', `${contributor} may not contribute to datanet ${datanetId}`, { status: 403, fix: "ask the datanet's owner or a curator to allow this address" })
  }
  if (!(await chain.commitment(datanetId, commitment))) {
    fail('NOT_COMMITTED', 'the chain holds no commitment to this contribution', { status: 409, fix: 'commit first; when the commitment is in a block, send the same bundle again' })
  }
  if (await chain.isNonceUsed(contributor, nonce)) {
    fail('REPLAYED_NONCE', `${contributor} used nonce ${nonce} before`, { status: 409, field: 'contribution.statement.nonce', fix: 'sign with a nonce that was not used' })
  }
}

/**
 * Takes a contribution in: checks signature, root, nonce, commitment and right, judges each record, and keeps bundle and verdicts.
 * The same contribution again changes nothing.
 * @returns the contribution's id, and whether it was new
 * @throws InputError or ProofError as readContributionBundle; UNKNOWN_DATANET, CONSENT_TOO_NARROW, CONTRIBUTOR_NOT_ALLOWED, NOT_COMMITTED, REPLAYED_NONCE; CHAIN_AWAY
 */
export async function acceptContribution(parts: ContributionParts, datanetId: bigint, bundle: Uint8Array): Promise<{ id: string; isNew: boolean }> {
  const { network, query, ledger, content, index } = parts
  const verified = await readContributionBundle(bundle, { chainId: network.chainId, datanets: network.contracts.datanets, datanetId })
  const { contribution, contributionId: id, commitment } = verified
  const [known] = await query<{ id: string }>(`select id from contributions where id = $1`, [id])
  if (known) return { id, isNew: false }
  await checkOnChain(parts, verified)
  const cid = await content.put(bundle)
  const datanet = datanetId.toString()
  try {
    const { contributor, count, licence, consent } = contribution
    await ledger.record('contribution', { id, datanetId: datanet, contributor, commitment, count, licence, consent, cid, verdicts: await judgeRecords(index, verified) })
  } catch (error) {
    index.forget(datanet)
    throw error
  }
  return { id, isNew: true }
}
