import { channelId as channelIdOf, signStatement, statementDomain, zeroHash, type Hex } from '@openledger/protocol'
import { privateKeyToAccount } from 'viem/accounts'
import { beforeEach, describe, expect, it } from 'vitest'
import { ChannelLedger } from './ChannelLedger.ts'
import type { ChannelOnChain } from './ChannelState.ts'
import type { VoucherInput } from './checkVoucher.ts'

const payer = privateKeyToAccount(`0x${'11'.repeat(32)}`)
const stranger = privateKeyToAccount(`0x${'22'.repeat(32)}`)
const gateway = privateKeyToAccount(`0x${'33'.repeat(32)}`).address
const channels = `0x${'c0'.repeat(20)}` as const
const chainId = 7
const id = channelIdOf(channels, payer.address, gateway, zeroHash)

let chain: ChannelOnChain | undefined
let away: boolean
let now: number
let kept: VoucherInput[]
let ledger: ChannelLedger
const make = (): ChannelLedger =>
  new ChannelLedger({
    chainId,
    channels,
    gateway,
    creditLimit: 10n,
    firstVoucherCap: 10_000n,
    now: () => now,
    readChannel: () => (away ? Promise.reject(Object.assign(new Error('away'), { code: 'CHAIN_AWAY' })) : Promise.resolve(chain && { ...chain })),
    keepVoucher: (voucher) => Promise.resolve(void kept.push(voucher)),
  })
beforeEach(() => {
  chain = { payer: payer.address, gateway, deposited: 1000n, collected: 0n, closed: false, thawing: false, prepaid: false }
  away = false
  now = 1_000_000
  kept = []
  ledger = make()
})

const sign = (cumulative: bigint, by = payer, domain = statementDomain(chainId, channels)): Promise<Hex> => signStatement(by, domain, 'Voucher', { channelId: id, cumulative })
const voucher = async (cumulative: bigint): Promise<VoucherInput> => ({ channelId: id, cumulative, signature: await sign(cumulative) })
const answer = async (fee: bigint, maxFee = fee): Promise<void> => {
  const reservation = await ledger.reserve(id, maxFee, false)
  ledger.spend(id, ledger.totalAfter(id, fee))
  reservation.release()
}
const code = (expected: string) => expect.objectContaining({ code: expected })

describe('ChannelLedger', () => {
  it('serves, takes the exact voucher, and serves again', async () => {
    await answer(30n)
    await expect(ledger.reserve(id, 1n, false)).rejects.toEqual(code('VOUCHER_MISSING'))
    const account = await ledger.acceptVoucher(await voucher(30n))
    expect(account).toMatchObject({ spent: 30n, vouchered: 30n, openTotals: [] })
    await answer(5n)
    expect(kept.map((v) => v.cumulative)).toEqual([30n])
  })

  it('a voucher of nothing, or one that does not rise, is refused and keeps nothing alive', async () => {
    await expect(ledger.acceptVoucher(await voucher(0n))).rejects.toEqual(code('VOUCHER_NOT_RISING'))
    await answer(5n)
    await answer(6n)
    await ledger.acceptVoucher(await voucher(11n))
    await expect(ledger.acceptVoucher(await voucher(5n))).rejects.toEqual(code('VOUCHER_NOT_RISING'))
    expect(kept).toHaveLength(1)
  })

  it('the same voucher again is no error and is kept once', async () => {
    await answer(5n)
    await Promise.all([ledger.acceptVoucher(await voucher(5n)), ledger.acceptVoucher(await voucher(5n))])
    expect(kept).toHaveLength(1)
  })

  it('a signature over anything but this voucher, on this chain and contract, by this payer, pays nothing', async () => {
    await answer(5n)
    const forged: Hex[] = [
      await sign(5n, stranger),
      await sign(5n, payer, statementDomain(8, channels)),
      await sign(5n, payer, statementDomain(chainId, gateway)),
      await sign(6n),
      `0x${'00'.repeat(65)}`,
    ]
    for (const signature of forged) await expect(ledger.acceptVoucher({ channelId: id, cumulative: 5n, signature })).rejects.toEqual(code('BAD_SIGNATURE'))
    expect(kept).toEqual([])
  })

  it('takes no more than what was spent, however willing the buyer is', async () => {
    await answer(5n)
    await expect(ledger.acceptVoucher(await voucher(6n))).rejects.toEqual(code('VOUCHER_ABOVE_SPENT'))
    await answer(3n)
    await expect(ledger.acceptVoucher(await voucher(7n))).rejects.toEqual(code('VOUCHER_BETWEEN_ANSWERS'))
    expect((await ledger.acceptVoucher(await voucher(5n))).openTotals).toEqual([8n])
  })

  it('takes no voucher above the deposit, and a top-up makes the same voucher good', async () => {
    await answer(900n)
    chain!.deposited = 500n
    now += 10_000
    await expect(ledger.acceptVoucher(await voucher(900n))).rejects.toEqual(code('VOUCHER_ABOVE_DEPOSIT'))
    chain!.deposited = 900n
    await ledger.acceptVoucher(await voucher(900n))
  })

  it('never serves above the deposit that is in a block, and sees a new one at once', async () => {
    await expect(ledger.reserve(id, 1001n, false)).rejects.toEqual(code('DEPOSIT_TOO_SMALL'))
    chain!.deposited = 1001n
    ;(await ledger.reserve(id, 1001n, false)).release()
  })

  it('counts answers in the making against deposit and credit, and frees them when they fail', async () => {
    const first = await ledger.reserve(id, 600n, true)
    await expect(ledger.reserve(id, 600n, true)).rejects.toEqual(code('DEPOSIT_TOO_SMALL'))
    await expect(ledger.reserve(id, 1n, false)).rejects.toEqual(code('VOUCHER_MISSING'))
    first.release()
    first.release()
    expect(ledger.account(id).reserved).toBe(0n)
    ;(await ledger.reserve(id, 600n, true)).release()
  })

  it('a long-lived channel keeps its full credit', async () => {
    for (let i = 1n; i <= 20n; i++) {
      await answer(10n)
      await ledger.acceptVoucher(await voucher(10n * i))
    }
    expect(ledger.account(id)).toMatchObject({ spent: 200n, vouchered: 200n })
    await answer(10n)
    await answer(10n)
    await expect(ledger.reserve(id, 1n, false)).rejects.toEqual(code('VOUCHER_MISSING'))
  })

  it('refuses unknown, closed and thawing channels and those of another gateway, saying which', async () => {
    const cases: [Partial<ChannelOnChain>, string][] = [[{ closed: true }, 'CHANNEL_CLOSED'], [{ thawing: true }, 'CHANNEL_THAWING'], [{ gateway: stranger.address }, 'OTHER_GATEWAY']]
    for (const [change, expected] of cases) {
      const before = chain!
      chain = { ...before, ...change }
      await expect(make().reserve(id, 1n, false)).rejects.toEqual(code(expected))
      chain = before
    }
    chain = undefined
    await expect(ledger.reserve(id, 1n, false)).rejects.toEqual(code('UNKNOWN_CHANNEL'))
    await expect(ledger.acceptVoucher(await voucher(1n))).rejects.toEqual(code('UNKNOWN_CHANNEL'))
  })

  it('goes on with what it knew while the chain is away for a minute, not for an hour', async () => {
    await answer(5n)
    away = true
    now += 60_000
    ;(await ledger.reserve(id, 5n, false)).release()
    now += 3_600_000
    await expect(ledger.reserve(id, 5n, false)).rejects.toEqual(code('CHAIN_AWAY'))
  })

  it('signs for a managed payer exactly what is owed', async () => {
    await answer(25n)
    expect(await ledger.signFor(id, payer)).toMatchObject({ spent: 25n, vouchered: 25n })
    await ledger.signFor(id, payer)
    expect(kept.map((v) => v.cumulative)).toEqual([25n])
  })

  it('is the same after a restart', async () => {
    const rows: Record<string, object[]> = {
      receipts: [{ channel_id: id, channel_total: '5' }, { channel_id: id, channel_total: '12' }],
      vouchers: [{ channel_id: id, cumulative: '5', signature: '0x01' }],
    }
    await ledger.load(<Row>(sql: string) => Promise.resolve(rows[sql.includes('from receipts') ? 'receipts' : 'vouchers'] as Row[]))
    expect(ledger.account(id)).toMatchObject({ spent: 12n, vouchered: 5n, openTotals: [12n] })
  })
})
