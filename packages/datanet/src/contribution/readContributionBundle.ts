import { fail, OrderedTree, ProofError, readArtefact, recordLeaf, statementDomain, verifyStatement, type Contribution, type Hex, type RecordContent } from '@openledger/protocol'
import type { Address } from 'viem'
import { recordLimits } from '../records/recordLimits.ts'
import { checkLicence, contributionRecordIds } from './buildContribution.ts'
import { contributionBundleSchema, contributionIds } from './contributionBundle.ts'

/** What a receiver expects of a bundle. */
export type BundleExpectation = {
  chainId: number
  /** The Datanets contract. */
  datanets: Address
  /** Only contributions to this datanet; any when absent. */
  datanetId?: bigint
  /** Keys (see nonceKey) of the nonces that were used before. */
  usedNonces?: ReadonlySet<string>
  maxBytes?: number
}

/** A contribution whose every claim was checked. */
export type VerifiedContribution = {
  contribution: Contribution
  signature: Hex
  salt: Hex
  records: RecordContent[]
  recordIds: Hex[]
  tree: OrderedTree
  contributionId: Hex
  commitment: Hex
}

/** The key under which a contributor's nonce is remembered. */
export function nonceKey(contributor: Address, nonce: bigint): string {
  return `${contributor.toLowerCase()}:${nonce}`
}

/**
 * Reads a contribution bundle and checks all of it: chain and contract, nonce, records, count, root, signature. Changes nothing.
 * @throws InputError CONTRIBUTION_TOO_LARGE, BAD_ARTEFACT, OTHER_CHAIN, OTHER_CONTRACT, OTHER_DATANET, REPLAYED_NONCE, BAD_LICENCE, or a record's
 * fault; ProofError WRONG_COUNT, WRONG_ROOT, BAD_SIGNATURE
 */
export async function readContributionBundle(source: string | Uint8Array | object, expect: BundleExpectation): Promise<VerifiedContribution> {
  const maxBytes = expect.maxBytes ?? recordLimits.fileBytes
  const size = typeof source === 'string' || source instanceof Uint8Array ? source.length : 0
  if (size > maxBytes) fail('CONTRIBUTION_TOO_LARGE', `the bundle has ${size} bytes, the limit is ${maxBytes}`, { fix: 'split it into several contributions', status: 413 })
  const bundle = readArtefact(contributionBundleSchema, source)
  const { statement, signature } = bundle.contribution
  const contribution = { ...statement, contributor: statement.contributor.toLowerCase() as Address }
  const { chainId, verifyingContract } = bundle.domain
  if (chainId !== expect.chainId) {
    fail('OTHER_CHAIN', `the contribution is signed for chain ${chainId}, this is chain ${expect.chainId}`, { field: 'domain.chainId', fix: `sign it again for chain ${expect.chainId}` })
  }
  if (verifyingContract.toLowerCase() !== expect.datanets.toLowerCase()) {
    fail('OTHER_CONTRACT', `the contribution is signed for contract ${verifyingContract}, the datanets are at ${expect.datanets}`, { field: 'domain.verifyingContract', fix: 'sign it again for that contract' })
  }
  if (expect.datanetId !== undefined && contribution.datanetId !== expect.datanetId) {
    fail('OTHER_DATANET', `the contribution is for datanet ${contribution.datanetId}, not ${expect.datanetId}`, { field: 'contribution.statement.datanetId', fix: 'send it to its own datanet, or sign it again' })
  }
  if (expect.usedNonces?.has(nonceKey(contribution.contributor, contribution.nonce))) {
    fail('REPLAYED_NONCE', `${contribution.contributor} used nonce ${contribution.nonce} before`, { field: 'contribution.statement.nonce', status: 409, fix: 'a contribution counts once; for a new one take a nonce that was not used' })
  }
  checkLicence(contribution.licence)
  if (bundle.records.length !== contribution.count) {
    throw new ProofError('WRONG_COUNT', `the statement speaks of ${contribution.count} records, the bundle holds ${bundle.records.length}`, { field: 'contribution.statement.count', fix: 'send the bundle whole, as it was signed' })
  }
  const recordIds = contributionRecordIds(bundle.records)
  const tree = new OrderedTree(recordIds.map(recordLeaf))
  if (tree.root !== contribution.recordsRoot) {
    throw new ProofError('WRONG_ROOT', `the records have root ${tree.root}, the statement says ${contribution.recordsRoot}`, { field: 'contribution.statement.recordsRoot', fix: 'a record was changed, or the order was; send the bundle as it was signed' })
  }
  await verifyStatement(statementDomain(chainId, verifyingContract), 'Contribution', contribution, signature, contribution.contributor)
  return { contribution, signature, salt: bundle.salt, records: bundle.records, recordIds, tree, ...contributionIds({ ...bundle, contribution: { statement: contribution, signature } }) }
}
