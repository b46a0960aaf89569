import { channelId as channelIdOf, signStatement, signTransferAuthorization, statementDomain, zeroHash, type Hex, type Network } from '@openledger/protocol'
import { ChannelScheme } from '@openledger/sdk'
import fc from 'fast-check'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../config/Clock.ts'
import { silentLog } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import { IdleChannels } from '../idle/IdleChannels.ts'
import { checkAuthorisation } from '../x402/checkAuthorisation.ts'
import { ChannelLedger } from './ChannelLedger.ts'
import type { ChannelOnChain } from './ChannelState.ts'
import type { VoucherInput } from './checkVoucher.ts'

/* The ten faults that payment channels of other systems had, each as a test by its name. */

const payer = privateKeyToAccount(`0x${'11'.repeat(32)}`)
const gateway = privateKeyToAccount(`0x${'33'.repeat(32)}`).address
const contracts = { channels: `0x${'c0'.repeat(20)}`, wopen: `0x${'d0'.repeat(20)}` } as const
const { channels } = contracts
const chainId = 7
const id = channelIdOf(channels, payer.address, gateway, zeroHash)
const hour = 3_600_000
const code = (expected: string) => expect.objectContaining({ code: expected })

let chain: ChannelOnChain
let now: number
let kept: VoucherInput[]
let ledger: ChannelLedger
beforeEach(() => {
  chain = { payer: payer.address, gateway, deposited: 1000n, collected: 0n, closed: false, thawing: false, prepaid: false }
  now = 1_000_000_000
  kept = []
  ledger = new ChannelLedger({
    chainId,
    channels,
    gateway,
    creditLimit: 10n,
    firstVoucherCap: 300n,
    now: () => now,
    readChannel: () => Promise.resolve({ ...chain }),
    keepVoucher: (voucher) => Promise.resolve(void kept.push(voucher)),
  })
})

const sign = (cumulative: bigint): Promise<Hex> => signStatement(payer, statementDomain(chainId, channels), 'Voucher', { channelId: id, cumulative })
const accept = async (cumulative: bigint) => ledger.acceptVoucher({ channelId: id, cumulative, signature: await sign(cumulative) })
async function answer(fee: bigint): Promise<void> {
  const reservation = await ledger.reserve(id, fee, false)
  ledger.spend(id, ledger.totalAfter(id, fee))
  reservation.release()
}

/** Idle channels over one channel as the tables would list it. */
function idle(close: () => Promise<void>, lastAnswerAt: number | null = null): IdleChannels {
  const row = { id, payer: payer.address, deposited: chain.deposited.toString(), collected: chain.collected.toString(), opened: '1', last_answer: lastAnswerAt === null ? null : String(lastAnswerAt), closed: chain.closed, thawing: false, prepaid: chain.prepaid }
  const query = (() => Promise.resolve([row])) as unknown as Query
  return new IdleChannels({ query, gateway, channels: ledger, settlement: { collectSoon: () => Promise.resolve() }, clock: { ...systemClock, now: () => now }, log: silentLog, close, isBusy: () => false, idleMs: hour })
}

describe('payment-channel regressions', () => {
  it('zero-amount voucher keeps a channel open', async () => {
    await expect(accept(0n)).rejects.toEqual(code('VOUCHER_NOT_RISING'))
    expect(kept).toEqual([])
    let closed = 0
    await idle(() => Promise.resolve(void closed++)).closeIdle()
    expect(closed).toBe(1)
  })

  it('reserve signature taken for a spending one', async () => {
    await answer(5n)
    const authorization = { from: payer.address, to: gateway, value: 5n, validAfter: 0n, validBefore: 2n ** 40n, nonce: id }
    const signature = await signTransferAuthorization(payer, chainId, contracts.wopen, authorization)
    await expect(ledger.acceptVoucher({ channelId: id, cumulative: 5n, signature })).rejects.toEqual(code('BAD_SIGNATURE'))
    const network = { chainId, contracts } as unknown as Network
    const check = (payment: Parameters<typeof checkAuthorisation>[0]['payment'], payTo: Hex) => checkAuthorisation({ payment, network, payTo, amount: 5n, exact: true, now: 10n })
    await check({ authorization, signature }, gateway)
    await expect(check({ authorization, signature: await sign(5n) }, gateway)).rejects.toEqual(code('INVALID_EXACT_EVM_PAYLOAD_SIGNATURE'))
    // A deposit goes to another till than a prepaid answer.
    await expect(check({ authorization, signature }, channels)).rejects.toEqual(code('INVALID_EXACT_EVM_PAYLOAD_RECIPIENT_MISMATCH'))
  })

  it('endless close retry', async () => {
    let tries = 0
    let error: Error = Object.assign(new Error('refused'), { action: 'fix' })
    const channelsOfNobody = idle(() => (tries++, Promise.reject(error)))
    for (let i = 0; i < 5; i++) expect(await channelsOfNobody.closeIdle()).toEqual([])
    expect(tries).toBe(1)
    tries = 0
    error = Object.assign(new Error('away'), { action: 'retry' })
    const whileAway = idle(() => (tries++, Promise.reject(error)))
    for (let i = 0; i < 3; i++) await whileAway.closeIdle()
    expect(tries).toBe(3)
  })

  it('serving above the confirmed deposit while a top-up is pending', async () => {
    await answer(300n)
    await accept(300n)
    await expect(ledger.reserve(id, 701n, false)).rejects.toEqual(code('DEPOSIT_TOO_SMALL'))
    // The newest block has it: only then it counts, and then at once.
    chain.deposited = 1001n
    ;(await ledger.reserve(id, 701n, false)).release()
  })

  it('top-up sent before the voucher that makes it legal', async () => {
    await answer(300n)
    chain.deposited = 5000n
    await expect(ledger.reserve(id, 1n, false)).rejects.toEqual(code('VOUCHER_MISSING'))
    await accept(300n)
    ;(await ledger.reserve(id, 4700n, false)).release()
  })

  it('buyer signing ever higher on an exhausted channel', async () => {
    let signatures = 0
    const counting = { address: payer.address, signTypedData: (...args: Parameters<typeof payer.signTypedData>) => (signatures++, payer.signTypedData(...args)) } as Pick<typeof payer, 'address' | 'signTypedData'>
    let spent = 0n
    const scheme = new ChannelScheme({ account: counting, deposit: 100n, readSpent: () => Promise.resolve(spent), now: () => now })
    const offer = { network: `eip155:${chainId}`, amount: '60', asset: contracts.wopen, payTo: gateway, maxTimeoutSeconds: 60, extra: { binding: 'openledger-channel/1', channels, gateway } }
    await scheme.createPaymentPayload(2, offer)
    spent = 60n
    for (let i = 0; i < 5; i++) await expect(scheme.createPaymentPayload(2, offer)).rejects.toEqual(code('DEPOSIT_TOO_SMALL'))
    // The deposit and the one voucher that was owed.
    expect(signatures).toBe(2)
    chain.deposited = 100n
    await answer(90n)
    await expect(accept(150n)).rejects.toEqual(code('VOUCHER_ABOVE_SPENT'))
    chain.deposited = 80n
    now += 10_000
    await expect(accept(90n)).rejects.toEqual(code('VOUCHER_ABOVE_DEPOSIT'))
    expect(kept).toEqual([])
  })

  it('idle channel never closed on chain', async () => {
    const closed: Hex[] = []
    const run = (lastAnswerAt: number | null) => idle(() => Promise.resolve(void closed.push(id)), lastAnswerAt).closeIdle()
    await run(Math.floor((now - hour / 2) / 1000))
    expect(closed).toEqual([])
    // What is vouchered is collected before.
    await answer(50n)
    await accept(50n)
    await run(1)
    expect(closed).toEqual([])
    chain.collected = 50n
    await run(1)
    expect(closed).toEqual([id])
  })

  it('a long-lived channel eating the credit limit', async () => {
    for (let i = 1n; i <= 30n; i++) {
      await answer(10n)
      await accept(10n * i)
    }
    await answer(10n)
    await answer(10n)
    await expect(ledger.reserve(id, 1n, false)).rejects.toEqual(code('VOUCHER_MISSING'))
    await accept(320n)
    await answer(10n)
  })

  it('replayed first reserve above the cap', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => ledger.reserve(id, 200n, false)))
    expect(tries.filter((t) => t.status === 'fulfilled')).toHaveLength(1)
    for (const t of tries) if (t.status === 'fulfilled') t.value.release()
    await expect(ledger.reserve(id, 301n, false)).rejects.toEqual(code('FIRST_VOUCHER_CAP'))
    await answer(200n)
    // What the first answer left of the cap counts, not the cap anew.
    await expect(ledger.reserve(id, 101n, true)).resolves.toBeDefined()
    await expect(ledger.reserve(id, 101n, false)).rejects.toEqual(code('VOUCHER_MISSING'))
    await accept(200n)
    ;(await ledger.reserve(id, 600n, true)).release()
  })

  it('reserve refused under back-pressure', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ fee: fc.bigInt(1n, 400n), answered: fc.boolean() }), { maxLength: 20 }), async (requests) => {
        const other = channelIdOf(channels, payer.address, gateway, `0x${requests.length.toString(16).padStart(64, '0')}`)
        const before = ledger.account(other).spent
        const held = await Promise.allSettled(requests.map(({ fee }) => ledger.reserve(other, fee, true)))
        const admitted = requests.filter((_, i) => held[i]!.status === 'fulfilled')
        expect(ledger.account(other).reserved).toBe(admitted.reduce((sum, r) => sum + r.fee, 0n))
        expect(before + ledger.account(other).reserved).toBeLessThanOrEqual(chain.deposited)
        let spent = before
        for (const [i, reservation] of held.entries()) {
          if (reservation.status !== 'fulfilled') continue
          // An engine that is full refuses after the money was set aside: it must be free again, and nothing owed.
          if (requests[i]!.answered) ledger.spend(other, (spent = ledger.totalAfter(other, requests[i]!.fee)))
          reservation.value.release()
        }
        expect(ledger.account(other)).toMatchObject({ reserved: 0n, spent })
        const free = chain.deposited - spent
        if (free > 0n) (await ledger.reserve(other, free, true)).release()
      }),
      { numRuns: 30 },
    )
  })
})
