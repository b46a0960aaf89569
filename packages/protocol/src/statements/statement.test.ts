import fc from 'fast-check'
import { concat, encodeAbiParameters, hashStruct, hashTypedData, keccak256, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import type { Hex } from '../encoding/bytes.ts'
import { contributionCommitment, deploymentId, snapshotId } from '../ids/ids.ts'
import { statementDomain } from './domain.ts'
import type { Contribution, StatementMessages, TrainingRun } from './messages.ts'
import { signStatement, statementDigest, statementStructHash, verifyStatement } from './statement.ts'
import { statementTypes, type StatementName } from './types.ts'

const contract = '0x00000000000000000000000000000000000000c1' as const
const domain = statementDomain(31337, contract)
const account = privateKeyToAccount(`0x${'0b'.repeat(32)}`)
const other = privateKeyToAccount(`0x${'0c'.repeat(32)}`)
const zero: Hex = `0x${'00'.repeat(32)}`
const names = Object.keys(statementTypes) as StatementName[]

const hex = (bytes: number): fc.Arbitrary<Hex> => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((b) => `0x${Buffer.from(b).toString('hex')}` as Hex)
const uint = (bits: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })
function value(type: string): fc.Arbitrary<unknown> {
  if (type === 'bytes32[]') return fc.array(hex(32), { maxLength: 5 })
  if (type === 'bytes32') return hex(32)
  if (type === 'address') return hex(20)
  if (type === 'string') return fc.string({ unit: 'grapheme' })
  const bits = Number(type.slice(4))
  return bits <= 32 ? uint(bits).map(Number) : uint(bits)
}
const message = <N extends StatementName>(name: N): fc.Arbitrary<StatementMessages[N]> =>
  fc.record(Object.fromEntries(statementTypes[name].map((f) => [f.name, value(f.type)]))) as unknown as fc.Arbitrary<StatementMessages[N]>

/** The struct hash by the rules of EIP-712, "Definition of hashStruct", with nothing of viem's typed data. */
function structHash(name: StatementName, data: Record<string, unknown>): Hex {
  const fields: readonly { name: string; type: string }[] = statementTypes[name]
  const typeHash = keccak256(stringToHex(`${name}(${fields.map((f) => `${f.type} ${f.name}`).join(',')})`))
  const words = fields.map((f): Hex => {
    const v = data[f.name]
    if (f.type === 'string') return keccak256(stringToHex(v as string))
    if (f.type === 'bytes32[]') return keccak256(concat(['0x', ...(v as Hex[])]))
    if (f.type === 'bytes32') return v as Hex
    const number = f.type === 'address' ? BigInt(v as Hex) : BigInt(v as bigint | number)
    return `0x${number.toString(16).padStart(64, '0')}`
  })
  return keccak256(concat([typeHash, ...words]))
}
function digest(chainId: number, verifyingContract: Hex, struct: Hex): Hex {
  const typeHash = keccak256(stringToHex('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'))
  const word = (n: bigint): Hex => `0x${n.toString(16).padStart(64, '0')}`
  const separator = keccak256(concat([typeHash, keccak256(stringToHex('OpenLedger')), keccak256(stringToHex('1')), word(BigInt(chainId)), word(BigInt(verifyingContract))]))
  return keccak256(concat(['0x1901', separator, struct]))
}

describe('statements', () => {
  it.each(names)('%s has the digest that EIP-712 prescribes', (name) => {
    fc.assert(
      fc.property(message(name), fc.integer({ min: 1, max: 2 ** 48 }), (data, chainId) => {
        const struct = structHash(name, data as unknown as Record<string, unknown>)
        expect(statementStructHash(name, data)).toBe(struct)
        expect(statementDigest(statementDomain(chainId, contract), name, data)).toBe(digest(chainId, contract, struct))
      }),
      { numRuns: 30 },
    )
  })

  it('has the digest that viem gives for types written out', () => {
    const contribution: Contribution = { datanetId: 7n, contributor: account.address, recordsRoot: `0x${'12'.repeat(32)}`, count: 3, licence: 'CC-BY-4.0', consent: 2, nonce: 9n }
    const run: TrainingRun = {
      trainer: account.address,
      baseId: `0x${'01'.repeat(32)}`,
      snapshotIds: [`0x${'02'.repeat(32)}`, `0x${'03'.repeat(32)}`],
      recipeHash: `0x${'04'.repeat(32)}`,
      profileHash: `0x${'05'.repeat(32)}`,
      seed: `0x${'06'.repeat(32)}`,
      adapterId: `0x${'07'.repeat(32)}`,
      licence: 'CC-BY-4.0',
      metricsHash: `0x${'08'.repeat(32)}`,
    }
    expect(statementDigest(domain, 'Contribution', contribution)).toBe(
      hashTypedData({
        domain: { name: 'OpenLedger', version: '1', chainId: 31337, verifyingContract: contract },
        types: {
          Contribution: [
            { name: 'datanetId', type: 'uint256' },
            { name: 'contributor', type: 'address' },
            { name: 'recordsRoot', type: 'bytes32' },
            { name: 'count', type: 'uint32' },
            { name: 'licence', type: 'string' },
            { name: 'consent', type: 'uint8' },
            { name: 'nonce', type: 'uint256' },
          ],
        },
        primaryType: 'Contribution',
        message: contribution,
      }),
    )
    const types = { TrainingRun: [{ name: 'trainer', type: 'address' }, { name: 'baseId', type: 'bytes32' }, { name: 'snapshotIds', type: 'bytes32[]' }, { name: 'recipeHash', type: 'bytes32' }, { name: 'profileHash', type: 'bytes32' }, { name: 'seed', type: 'bytes32' }, { name: 'adapterId', type: 'bytes32' }, { name: 'metricsHash', type: 'bytes32' }, { name: 'licence', type: 'string' }] } as const
    expect(statementStructHash('TrainingRun', run)).toBe(hashStruct({ types, primaryType: 'TrainingRun', data: run }))
  })

  it('refuses what no field of the type can hold, as viem does', () => {
    const announcement = { node: account.address, gateway: account.address, url: 'http://x', certificate: zero, baseId: zero, profileHash: zero, adaptersHash: zero, slots: 1, positions: 1, inputPrice: 1n, outputPrice: 1n, session: zero, sequence: 1n, time: 1n }
    const wrong: Record<string, unknown>[] = [{ slots: -1 }, { slots: 2 ** 32 }, { slots: 1.5 }, { slots: undefined }, { inputPrice: -1n }, { inputPrice: 1n << 128n }, { session: '0x12' }, { session: `0x${'12'.repeat(33)}` }, { node: '0x12' }, { node: account.address.replace('A', 'a').replace('b', 'B') }, { node: 7 }]
    for (const change of wrong) {
      const changed = { ...announcement, ...change } as never
      const asViem = () => hashTypedData({ domain, types: { Announcement: statementTypes.Announcement }, primaryType: 'Announcement', message: changed })
      expect(asViem, JSON.stringify(change, (_, v: unknown) => String(v))).toThrow()
      expect(() => statementDigest(domain, 'Announcement', changed)).toThrow()
    }
    expect(statementDigest(domain, 'Announcement', announcement)).toHaveLength(66)
  })

  it('gives every statement, chain and contract a digest of its own', () => {
    const voucher = { channelId: `0x${'aa'.repeat(32)}` as Hex, cumulative: 5n }
    const digests = [
      statementDigest(domain, 'Voucher', voucher),
      statementDigest(domain, 'Voucher', { ...voucher, cumulative: 6n }),
      statementDigest(statementDomain(1, contract), 'Voucher', voucher),
      statementDigest(statementDomain(31337, account.address), 'Voucher', voucher),
    ]
    expect(new Set(digests).size).toBe(digests.length)
  })
})

describe('ids of statements', () => {
  it('are struct hashes', () => {
    fc.assert(fc.property(message('Snapshot'), message('Deployment'), (s, d) => {
      expect(snapshotId(s)).toBe(structHash('Snapshot', s))
      expect(deploymentId(d)).toBe(structHash('Deployment', d))
    }), { numRuns: 20 })
  })

  it('are committed to with a salt', () => {
    const [a, b]: [Hex, Hex] = [`0x${'aa'.repeat(32)}`, `0x${'bb'.repeat(32)}`]
    expect(contributionCommitment(a, b)).toBe(keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'bytes32' }], [a, b])))
  })
})

describe('signatures', () => {
  const voucher = { channelId: `0x${'aa'.repeat(32)}` as Hex, cumulative: 5n }
  const verify = (signature: Hex, changes: { domain?: typeof domain; message?: typeof voucher; signer?: Hex } = {}) =>
    verifyStatement(changes.domain ?? domain, 'Voucher', changes.message ?? voucher, signature, changes.signer ?? account.address)

  it('verify for the signer, the message, the chain and the contract only', async () => {
    const signature = await signStatement(account, domain, 'Voucher', voucher)
    expect(signature).toHaveLength(132)
    await verify(signature)
    await verify(signature, { signer: account.address.toLowerCase() as Hex })
    const refused = { code: 'BAD_SIGNATURE', field: 'signature' }
    await expect(verify(signature, { signer: other.address })).rejects.toMatchObject(refused)
    await expect(verify(signature, { message: { ...voucher, cumulative: 6n } })).rejects.toMatchObject(refused)
    await expect(verify(signature, { domain: statementDomain(1, contract) })).rejects.toMatchObject(refused)
    await expect(verify(signature, { domain: statementDomain(31337, other.address) })).rejects.toMatchObject(refused)
  })

  it('have one form only, the one that the contracts take', async () => {
    const signature = await signStatement(account, domain, 'Voucher', voucher)
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const s = BigInt(`0x${signature.slice(66, 130)}`)
    const v = signature.slice(130)
    const twin = `${signature.slice(0, 66)}${(order - s).toString(16).padStart(64, '0')}${v === '1b' ? '1c' : '1b'}` as Hex
    const wrong: Hex[] = [twin, `${signature.slice(0, 130)}${v === '1b' ? '00' : '01'}` as Hex, signature.slice(0, 130) as Hex, `${signature}00`, '0x', `0x${'00'.repeat(65)}`, `0x${'ff'.repeat(64)}1b`, 'hello' as Hex]
    for (const bad of wrong) await expect(verify(bad), bad).rejects.toMatchObject({ code: 'BAD_SIGNATURE' })
  })

  it('fail at every changed digit', async () => {
    const signature = await signStatement(account, domain, 'Voucher', voucher)
    for (let i = 2; i < signature.length; i += 3) {
      const changed = `${signature.slice(0, i)}${signature[i] === '1' ? '2' : '1'}${signature.slice(i + 1)}` as Hex
      await expect(verify(changed), `digit ${i}`).rejects.toMatchObject({ code: 'BAD_SIGNATURE' })
    }
  })
})
