import { signStatement, statementDomain, type Hex, type PromiseFile, type Receipt } from '@openledger/protocol'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkInclusion, type InclusionInput } from './checkInclusion.ts'

const account = privateKeyToAccount(`0x${'33'.repeat(32)}`)
const epochs = `0x${'e0'.repeat(20)}` as const
const receiptId: Hex = `0x${'12'.repeat(32)}`
const network = { chainId: 7, contracts: { epochs } } as InclusionInput['network']
const statement = { gateway: account.address, fee: 5n } as Receipt
let promise: PromiseFile

beforeAll(async () => {
  const said = { gateway: account.address, receiptId, fee: 5n, includeBy: 1000n }
  promise = { kind: 'openledger/inclusion-promise/1', chainId: 7, epochs, statement: said, signature: await signStatement(account, statementDomain(7, epochs), 'InclusionPromise', said) }
})

const check = (changes: Partial<InclusionInput>, now = 1000n): Promise<string> => checkInclusion({ promise, statement, receiptId, network, chain: { time: () => Promise.resolve(now) }, isSettled: false, ...changes })

describe('checkInclusion', () => {
  it('finds false what is overdue, another receipt, or not signed', async () => {
    await expect(check({}, 1001n)).rejects.toMatchObject({ code: 'FALSE_CLAIM' })
    await expect(check({ receiptId: `0x${'13'.repeat(32)}` })).rejects.toMatchObject({ code: 'WRONG_PROMISE', field: 'receiptId' })
    await expect(check({ statement: { ...statement, fee: 6n } })).rejects.toMatchObject({ code: 'WRONG_PROMISE', field: 'fee' })
    await expect(check({ network: { ...network, chainId: 8 } })).rejects.toMatchObject({ code: 'WRONG_PROMISE', field: 'chainId' })
    await expect(check({ promise: { ...promise, statement: { ...promise.statement, includeBy: 2000n } } })).rejects.toMatchObject({ code: 'BAD_SIGNATURE' })
  })

  it('says until when a receipt waits, and that a settled one kept the promise', async () => {
    expect(await check({})).toContain('1970-01-01T00:16:40')
    expect(await check({ isSettled: true }, 5000n)).toContain('settled')
  })
})
