import { buildContribution, sealSnapshot as buildSnapshot, type AcceptedRecord, type SealedSnapshot } from '@openledger/datanet'
import { contributionCommitment, signStatement, snapshotId as snapshotIdOf, statementDigest, statementDomain, zeroHash, type Hex, type RecordContent } from '@openledger/protocol'
import { commitContribution, createDatanet, revealContribution, sealSnapshot, type RecordView } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'

/** What somebody contributes; `contributor` is a key's name. */
export type Gift = { contributor: string; records: readonly RecordContent[] }

export type SealedGifts = { datanetId: bigint; snapshotId: Hex; sealed: SealedSnapshot; /** As a node lists them. */ views: RecordView[] }

const licence = 'CC0-1.0'
/** Anyone may train, and sell answers. */
const consent = 6

/** Makes a datanet on the chain, contributes to it and seals all of it, without a node; the snapshot's file goes to the session's content. */
export async function sealGifts(session: Session, owner: string, gifts: readonly Gift[]): Promise<SealedGifts> {
  const { account, writer } = await session.actor(owner)
  const { chainId, contracts } = session.network
  const domain = statementDomain(chainId, contracts.datanets)
  const datanetId = await createDatanet(writer, { metadataHash: zeroHash, openToBuilders: true, terms: { consent, graceSeconds: 0, licences: ['Apache-2.0'] } })
  const views: RecordView[] = []
  const accepted: AcceptedRecord[] = []
  for (const [nonce, { contributor, records }] of gifts.entries()) {
    const giver = await session.actor(contributor)
    const { contribution, recordIds } = buildContribution({ datanetId, contributor: giver.account.address, records, licence, consent, nonce: BigInt(nonce) })
    const contributionId = statementDigest(domain, 'Contribution', contribution)
    await commitContribution(giver.writer, datanetId, contributionCommitment(contributionId, zeroHash))
    await revealContribution(giver.writer, contribution, zeroHash, await signStatement(giver.account, domain, 'Contribution', contribution))
    const beside = { datanetId: datanetId.toString(), contributionId, contributor: contribution.contributor, licence, status: 'sealed', copyOf: null, copies: 0, appeal: null, history: [] } as const
    for (const [index, { prompt, completion }] of records.entries()) {
      const recordId = recordIds[index]!
      views.push({ ...beside, id: recordId, prompt, completion, history: [] })
      accepted.push({ recordId, prompt, completion, contributor: contribution.contributor, contributionId, licence, committedAt: BigInt(nonce), index })
    }
  }
  const sealed = buildSnapshot({ datanetId, parent: zeroHash, records: accepted })
  await session.content.put(sealed.file)
  await sealSnapshot(writer, sealed.snapshot, await signStatement(account, domain, 'Snapshot', sealed.snapshot))
  return { datanetId, snapshotId: snapshotIdOf(sealed.snapshot), sealed, views }
}
