import { keccak256, encodeAbiParameters, hashTypedData, concat } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { recordId, statementTypes, type Hex } from '@openledger/protocol'
import { buildContribution, isContributed, proveContributed, type ContributionInput } from './buildContribution.ts'
import { contributionIds, packContribution, writeContributionBundle, type ContributionBundle } from './contributionBundle.ts'
import { nonceKey, readContributionBundle } from './readContributionBundle.ts'

const account = privateKeyToAccount(`0x${'11'.repeat(32)}`)
const other = privateKeyToAccount(`0x${'22'.repeat(32)}`)
const datanets = '0x00000000000000000000000000000000000000d1' as const
const domain = { chainId: 31337, verifyingContract: datanets }
const salt: Hex = `0x${'5a'.repeat(32)}`
const input: ContributionInput = {
  datanetId: 7n,
  contributor: account.address,
  records: Array.from({ length: 5 }, (_, i) => ({ prompt: `What is ${i} plus ${i}?`, completion: `It is ${i + i}.` })),
  licence: 'CC-BY-4.0',
  consent: 2,
  nonce: 1n,
}
const expected = { chainId: 31337, datanets }
const pack = (changes: Partial<ContributionInput> = {}) => packContribution({ ...input, ...changes }, account, domain, salt)
const file = (bundle: ContributionBundle, edit: (raw: Raw) => void = () => undefined): Uint8Array => {
  const raw = JSON.parse(new TextDecoder().decode(writeContributionBundle(bundle))) as Raw
  edit(raw)
  return new TextEncoder().encode(JSON.stringify(raw))
}
type Raw = {
  domain: { chainId: number; verifyingContract: string }
  contribution: { statement: Record<string, string | number>; signature: string }
  records: { prompt: string; completion: string; extra?: string }[]
  salt?: string
}

describe('buildContribution', () => {
  it('has the root of an independent computation over its record ids', () => {
    const leaf = (id: Hex): Hex => keccak256(concat(['0x00', id]))
    const node = (a: Hex, b: Hex): Hex => keccak256(concat(['0x01', a, b]))
    const [a, b, c] = input.records.slice(0, 3).map((r) => leaf(recordId(r))) as [Hex, Hex, Hex]
    const root = keccak256(concat(['0x02', node(node(a, b), c), encodeAbiParameters([{ type: 'uint256' }], [3n])]))
    expect(buildContribution({ ...input, records: input.records.slice(0, 3) }).contribution.recordsRoot).toBe(root)
  })

  it('proves each record, and nothing else', () => {
    const built = buildContribution(input)
    built.recordIds.forEach((id, i) => {
      expect(isContributed(built.contribution, id, proveContributed(built, i))).toBe(true)
      expect(isContributed(built.contribution, id, proveContributed(built, (i + 1) % 5))).toBe(false)
      expect(isContributed({ ...built.contribution, count: 6 }, id, proveContributed(built, i))).toBe(false)
    })
    expect(() => proveContributed(built, 5)).toThrow(expect.objectContaining({ code: 'BAD_INDEX' }))
  })

  it.each([
    ['NO_RECORDS', { records: [] }],
    ['DUPLICATE_RECORD', { records: [input.records[0]!, input.records[1]!, input.records[0]!] }],
    ['EMPTY_TEXT', { records: [{ prompt: ' ', completion: 'x' }] }],
    ['NOT_NORMAL', { records: [{ prompt: 'a ', completion: 'x' }] }],
    ['NOT_NORMAL', { records: [{ prompt: 'e\u0301', completion: 'x' }] }],
    ['CONTROL_CHARACTER', { records: [{ prompt: 'a', completion: 'x\u0000y' }] }],
    ['BAD_UNICODE', { records: [{ prompt: 'a\ud800', completion: 'x' }] }],
    ['TEXT_TOO_LONG', { records: [{ prompt: 'é'.repeat(8193), completion: 'x' }] }],
    ['BAD_LICENCE', { licence: 'do what you want' }],
    ['BAD_CONSENT', { consent: 3 as 2 }],
    ['BAD_NUMBER', { nonce: -1n }],
    ['BAD_NUMBER', { datanetId: 1n << 256n }],
    ['BAD_ADDRESS', { contributor: '0x12' as Hex }],
  ] as [string, Partial<ContributionInput>][])('fails with %s', (code, changes) => {
    expect(() => buildContribution({ ...input, ...changes })).toThrow(expect.objectContaining({ code }))
  })

  it('refuses more records than one contribution may hold', () => {
    const records = Array.from({ length: 100_001 }, () => input.records[0]!)
    expect(() => buildContribution({ ...input, records })).toThrow(expect.objectContaining({ code: 'CONTRIBUTION_TOO_LARGE' }))
  })
})

describe('contribution bundle', () => {
  it('is read back as it was packed', async () => {
    const bundle = await pack()
    const read = await readContributionBundle(writeContributionBundle(bundle), { ...expected, datanetId: 7n, usedNonces: new Set([nonceKey(account.address, 2n)]) })
    expect(read.contribution).toEqual({ ...bundle.contribution.statement, contributor: account.address.toLowerCase() })
    expect(read.records).toEqual(input.records)
    expect(read.recordIds).toEqual(input.records.map(recordId))
    expect(read).toMatchObject(contributionIds(bundle))
  })

  it('has the ids that viem and the ABI give', async () => {
    const bundle = await pack()
    const digest = hashTypedData({
      domain: { name: 'OpenLedger', version: '1', chainId: 31337, verifyingContract: datanets },
      types: { Contribution: statementTypes.Contribution },
      primaryType: 'Contribution',
      message: bundle.contribution.statement,
    })
    expect(contributionIds(bundle)).toEqual({ contributionId: digest, commitment: keccak256(concat([digest, salt])) })
  })

  it('is signed by the contributor only', async () => {
    await expect(packContribution(input, other, domain, salt)).rejects.toMatchObject({ code: 'WRONG_SIGNER' })
    await expect(packContribution(input, account, domain, '0x12')).rejects.toMatchObject({ code: 'BAD_SALT' })
  })

  it.each([
    ['OTHER_CHAIN', (r) => void (r.domain.chainId = 1)],
    ['OTHER_CONTRACT', (r) => void (r.domain.verifyingContract = account.address)],
    ['OTHER_DATANET', (r) => void (r.contribution.statement.datanetId = '8')],
    ['WRONG_COUNT', (r) => void r.records.pop()],
    ['WRONG_ROOT', (r) => void (r.records[3]!.completion += '!')],
    ['WRONG_ROOT', (r) => void r.records.reverse()],
    ['DUPLICATE_RECORD', (r) => void (r.records[1] = r.records[0]!)],
    ['NOT_NORMAL', (r) => void (r.records[3]!.completion += ' ')],
    ['BAD_SIGNATURE', (r) => void (r.contribution.statement.licence = 'CC0-1.0')],
    ['BAD_SIGNATURE', (r) => void (r.contribution.statement.consent = 1)],
    ['BAD_SIGNATURE', (r) => void (r.contribution.statement.nonce = '2')],
    ['BAD_SIGNATURE', (r) => void (r.contribution.statement.contributor = other.address)],
    ['BAD_SIGNATURE', (r) => void (r.contribution.signature = `${r.contribution.signature.slice(0, 20)}00${r.contribution.signature.slice(22)}`)],
    ['BAD_SIGNATURE', (r) => void (r.contribution.signature = '0x')],
    ['BAD_ARTEFACT', (r) => void (r.records[0]!.extra = 'x')],
    ['BAD_ARTEFACT', (r) => void delete r.salt],
    ['BAD_ARTEFACT', (r) => void (r.contribution.statement.nonce = 1)],
    ['BAD_LICENCE', (r) => void (r.contribution.statement.licence = 'all mine')],
  ] as [string, (raw: Raw) => void][])('fails with %s when it was changed', async (code, edit) => {
    await expect(readContributionBundle(file(await pack(), edit), { ...expected, datanetId: 7n })).rejects.toMatchObject({ code })
  })

  it('refuses a replayed nonce, whatever the case of the address', async () => {
    const usedNonces = new Set([nonceKey(account.address.toLowerCase() as Hex, 1n)])
    await expect(readContributionBundle(file(await pack()), { ...expected, usedNonces })).rejects.toMatchObject({ code: 'REPLAYED_NONCE', status: 409 })
  })

  it('refuses what is too large, not UTF-8, cut off or absurdly nested', async () => {
    const bytes = file(await pack())
    await expect(readContributionBundle(bytes, { ...expected, maxBytes: bytes.length - 1 })).rejects.toMatchObject({ code: 'CONTRIBUTION_TOO_LARGE' })
    const latin1 = bytes.slice()
    latin1[40] = 0xe9
    for (const bad of [latin1, bytes.subarray(0, -2), new TextEncoder().encode('['.repeat(200_000)), new Uint8Array()]) {
      await expect(readContributionBundle(bad, expected)).rejects.toMatchObject({ code: 'BAD_ARTEFACT' })
    }
  })
})
