import { buildContribution, sealSnapshot, type AcceptedRecord } from '@openledger/datanet'
import { contributionCommitment, sha256, signStatement, statementDigest, statementDomain, utf8, zeroHash, type Hex, type RecordContent } from '@openledger/protocol'
import { commitContribution, createDatanet, readCommitment, revealContribution } from '@openledger/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '../../../context/Actor.ts'
import { openTestSession, type TestSession } from '../../../testing/openTestSession.ts'

let open: TestSession
let [author, squatter]: Actor[] = []
let datanetId: bigint

beforeAll(async () => {
  open = await openTestSession({}, ['operator', 'author', 'squatter'])
  const operator = await open.session.actor('operator')
  author = await open.session.actor('author')
  squatter = await open.session.actor('squatter')
  datanetId = await createDatanet(operator.writer, { metadataHash: zeroHash })
}, 120_000)
afterAll(() => open?.stop())

let nonce = 0n

/** Records on their way to the chain: signed by their giver, under a salt. */
async function prepare(giver: Actor, records: readonly RecordContent[], salt: Hex = sha256(utf8(`salt ${nonce}`))) {
  const { chainId, contracts } = open.session.network
  const domain = statementDomain(chainId, contracts.datanets)
  const { contribution, recordIds } = buildContribution({ datanetId, contributor: giver.account.address, records, licence: 'CC0-1.0', consent: 1, nonce: nonce++ })
  const id = statementDigest(domain, 'Contribution', contribution)
  const signature = await signStatement(giver.account, domain, 'Contribution', contribution)
  return { contribution, signature, salt, id, commitment: contributionCommitment(id, salt), recordIds, records }
}
type Prepared = Awaited<ReturnType<typeof prepare>>

const commit = (by: Actor, { commitment }: Pick<Prepared, 'commitment'>) => commitContribution(by.writer, datanetId, commitment)
const reveal = (by: Actor, { contribution, salt, signature }: Pick<Prepared, 'contribution' | 'salt' | 'signature'>) => revealContribution(by.writer, contribution, salt, signature)

/** What a snapshot of these contributions gives each record, by the order in which the chain saw their commitments. */
async function sealed(given: readonly Prepared[]) {
  const records = await Promise.all(
    given.map(async ({ contribution, id, commitment, records: list, recordIds }) => {
      const { order } = (await readCommitment(author!.writer, datanetId, commitment))!
      return list.map((record, index): AcceptedRecord => ({ ...record, recordId: recordIds[index]!, contributor: contribution.contributor, contributionId: id, licence: 'CC0-1.0', committedAt: order, index }))
    }),
  )
  return sealSnapshot({ datanetId, parent: zeroHash, records: records.flat() }).records
}

describe('first-committer squatting', () => {
  const secret: RecordContent[] = [{ prompt: 'Who built the red tower of Velda?', completion: 'The brothers Morsund built it before the great flood.' }]

  it('gains nothing by copying what was revealed: the copy is committed later and weighs nothing', async () => {
    const first = await prepare(author!, secret)
    await commit(author!, first)
    await reveal(author!, first)
    const copy = await prepare(squatter!, secret)
    await commit(squatter!, copy)
    await reveal(squatter!, copy)
    // Whatever order they are handed over in.
    for (const given of [[first, copy], [copy, first]]) {
      const weights = (await sealed(given)).map(({ contributor, weight }) => [contributor, weight])
      expect(new Map(weights as [string, number][])).toEqual(new Map([[author!.account.address.toLowerCase(), 1], [squatter!.account.address.toLowerCase(), 0]]))
    }
  }, 60_000)

  it('cannot take a commitment over by sending it first: it opens to its author’s contribution alone', async () => {
    const mine = await prepare(author!, [{ ...secret[0]!, completion: 'Another answer.' }])
    await commit(squatter!, mine)
    await expect(commit(author!, mine)).rejects.toMatchObject({ code: 'ALREADY_COMMITTED' })
    // The stolen order serves the author; the squatter has neither a contribution nor a signature that fits.
    const his = await prepare(squatter!, mine.records, mine.salt)
    await expect(reveal(squatter!, his)).rejects.toMatchObject({ code: 'NOT_COMMITTED' })
    await expect(reveal(squatter!, { ...mine, contribution: { ...mine.contribution, contributor: his.contribution.contributor } })).rejects.toMatchObject({ code: 'NOT_COMMITTED' })
    await expect(reveal(squatter!, { ...mine, signature: his.signature })).rejects.toMatchObject({ code: 'BAD_STATEMENT_SIGNATURE' })
    await reveal(author!, mine)
    expect(await sealed([mine])).toMatchObject([{ contributor: author!.account.address.toLowerCase(), weight: 1 }])
  }, 60_000)

  it('cannot fill an early commitment with records seen later', async () => {
    const guess = await prepare(squatter!, [{ prompt: 'Who built it?', completion: 'Somebody did.' }])
    await commit(squatter!, guess)
    const seen: RecordContent[] = [{ ...secret[0]!, completion: 'A third answer, which nobody knew before.' }]
    const real = await prepare(author!, seen)
    await commit(author!, real)
    const filled = await prepare(squatter!, seen, guess.salt)
    await expect(reveal(squatter!, filled)).rejects.toMatchObject({ code: 'NOT_COMMITTED' })
    await expect(reveal(squatter!, { ...guess, contribution: { ...guess.contribution, recordsRoot: filled.contribution.recordsRoot } })).rejects.toMatchObject({ code: 'NOT_COMMITTED' })
  }, 60_000)
})
