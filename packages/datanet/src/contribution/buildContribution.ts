import { fail, isConsent, OrderedTree, recordId, recordLeaf, verifyProof, type ConsentTerms, type Contribution, type Hex, type MerkleProof, type RecordContent } from '@openledger/protocol'
import { isAddress, type Address } from 'viem'
import { checkRecord } from '../records/normaliseRecord.ts'
import { recordLimits } from '../records/recordLimits.ts'

export type ContributionInput = {
  datanetId: bigint
  contributor: Address
  /** In normal form (see normaliseRecord), no two alike. */
  records: readonly RecordContent[]
  /** SPDX licence identifier. */
  licence: string
  consent: ConsentTerms
  /** Not used before by this contributor. */
  nonce: bigint
}

/** A contribution ready to be signed: the statement, the id of each record in order, and the tree that proves each of them. */
export type BuiltContribution = { contribution: Contribution; recordIds: Hex[]; tree: OrderedTree }

/** Fails with BAD_LICENCE unless the text is shaped like an SPDX identifier such as CC-BY-4.0. */
export function checkLicence(licence: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9.+-]{0,63}$/.test(licence)) return
  fail('BAD_LICENCE', `"${licence.slice(0, 80)}" is not an SPDX licence identifier`, { field: 'licence', fix: 'name the licence as in the SPDX list, for example CC-BY-4.0 or CC0-1.0' })
}

/** The ids of records; fails when one may not be kept or is given twice. */
export function contributionRecordIds(records: readonly RecordContent[]): Hex[] {
  if (records.length === 0) fail('NO_RECORDS', 'a contribution holds at least one record', { field: 'records', fix: 'add records' })
  if (records.length > recordLimits.recordsPerContribution) {
    fail('CONTRIBUTION_TOO_LARGE', `a contribution holds at most ${recordLimits.recordsPerContribution} records, this one ${records.length}`, { field: 'records', fix: 'split it into several contributions, each with its own nonce' })
  }
  const places = new Map<Hex, number>()
  return records.map((record, i) => {
    checkRecord(record, `records.${i}`)
    const id = recordId(record)
    const before = places.get(id)
    if (before !== undefined) fail('DUPLICATE_RECORD', `records.${i} says the same as records.${before}`, { field: `records.${i}`, fix: 'leave one of them out' })
    places.set(id, i)
    return id
  })
}

/**
 * Makes the statement with which a contributor gives records to a datanet; its address is in lower case. Pure; nothing is signed or sent.
 * @throws InputError NO_RECORDS, CONTRIBUTION_TOO_LARGE, DUPLICATE_RECORD, BAD_LICENCE, BAD_ADDRESS, BAD_CONSENT, BAD_NUMBER, or a record's fault
 */
export function buildContribution(input: ContributionInput): BuiltContribution {
  const { datanetId, contributor, records, licence, consent, nonce } = input
  if (!isAddress(contributor, { strict: false })) fail('BAD_ADDRESS', `"${String(contributor).slice(0, 80)}" is not an address`, { field: 'contributor' })
  if (!isConsent(consent)) fail('BAD_CONSENT', 'consent says who may train (0 nobody, 1 builders whom the owner allows, 2 anyone), plus 4 where answers may be sold, plus 8 where adapters go on after a revocation', { field: 'consent', fix: 'make it with consentTerms' })
  for (const [field, value] of [['datanetId', datanetId], ['nonce', nonce]] as const) {
    if (value < 0n || value >= 1n << 256n) fail('BAD_NUMBER', `the ${field} does not fit 256 bits`, { field })
  }
  checkLicence(licence)
  const recordIds = contributionRecordIds(records)
  const tree = new OrderedTree(recordIds.map(recordLeaf))
  const giver = contributor.toLowerCase() as Address
  return { contribution: { datanetId, contributor: giver, recordsRoot: tree.root, count: recordIds.length, licence, consent, nonce }, recordIds, tree }
}

/** The proof that the record at `index` belongs to a contribution; fails with BAD_INDEX. */
export function proveContributed(built: Pick<BuiltContribution, 'tree'>, index: number): MerkleProof {
  return built.tree.prove(index)
}

/** Whether a record belongs to a contribution by this proof. */
export function isContributed(contribution: Pick<Contribution, 'recordsRoot' | 'count'>, id: Hex, proof: MerkleProof): boolean {
  return proof.count === contribution.count && verifyProof(contribution.recordsRoot, recordLeaf(id), proof)
}
