import { attributionCourtAbi, channelsAbi, datanetsAbi, epochCourtAbi, epochsAbi, executionCourtAbi, inclusionCourtAbi, modelsAbi, parametersAbi, samplingBeaconAbi, stakesAbi } from '@openledger/protocol'
import { BaseError, encodeErrorResult, HttpRequestError, type AbiItem } from 'viem'
import { describe, expect, it } from 'vitest'
import { agentsErrorAbi } from './agentsErrorAbi.ts'
import { errorAdvice } from './errorAdvice.ts'
import { errorCode, ledgerError } from './ledgerError.ts'

const own: readonly AbiItem[] = [...datanetsAbi, ...modelsAbi, ...channelsAbi, ...epochsAbi, ...stakesAbi, ...parametersAbi, ...attributionCourtAbi, ...epochCourtAbi, ...inclusionCourtAbi, ...samplingBeaconAbi, ...executionCourtAbi, ...agentsErrorAbi]
// Raised by OpenZeppelin for faults of the code or of hand-made transactions, not of an input that this client makes.
const inherited = new Set([
  'InvalidShortString',
  'StringTooLong',
  'SafeERC20FailedOperation',
  'SafeCastOverflowedUintDowncast',
  'ReentrancyGuardReentrantCall',
  'OwnableInvalidOwner',
  'ERC721IncorrectOwner',
  'ERC721InsufficientApproval',
  'ERC721InvalidApprover',
  'ERC721InvalidOperator',
  'ERC721InvalidOwner',
  'ERC721InvalidReceiver',
  'ERC721InvalidSender',
])
class Reverted extends BaseError {
  readonly data: unknown
  constructor(data: unknown) {
    super('execution reverted')
    this.data = data
  }
}

describe('ledgerError', () => {
  it('has advice for every custom error of the contracts', () => {
    const names = [...new Set(own.flatMap((item) => (item.type === 'error' ? [item.name] : [])))].filter((name) => !inherited.has(name))
    expect(names.length).toBeGreaterThan(60)
    expect(names.filter((name) => !errorAdvice[name])).toEqual([])
  })

  it('names the code after the error, wherever the node put the data', () => {
    const data = encodeErrorResult({ abi: channelsAbi, errorName: 'VoucherAboveDeposit', args: [5n, 3n] })
    for (const place of [data, { data }]) {
      const error = ledgerError('collect', new BaseError('call failed', { cause: new Reverted(place) }))
      expect(error).toMatchObject({ code: 'VOUCHER_ABOVE_DEPOSIT', name: 'PaymentError', action: 'fix' })
      expect(error.message).toBe('collect was refused: voucher above deposit (5, 3)')
      expect(error.fix).toMatch(/add to the channel/)
    }
  })

  it('says REVERTED for an error that it does not know', () => {
    expect(ledgerError('call', new Reverted('0xdeadbeef'))).toMatchObject({ code: 'REVERTED' })
  })

  it('says CHAIN_AWAY when nothing answers, NO_FUNDS when the account is empty', () => {
    expect(ledgerError('call', new HttpRequestError({ url: 'http://127.0.0.1:1' }))).toMatchObject({ code: 'CHAIN_AWAY', action: 'retry' })
    expect(ledgerError('call', new BaseError('x', { details: 'insufficient funds for gas' }))).toMatchObject({ code: 'NO_FUNDS' })
  })

  it('spells codes in upper case', () => {
    expect(errorCode('ERC20InsufficientBalance')).toBe('ERC20_INSUFFICIENT_BALANCE')
    expect(errorCode('NotPayer')).toBe('NOT_PAYER')
  })
})
