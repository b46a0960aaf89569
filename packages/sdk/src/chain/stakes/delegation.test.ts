import { encodeFunctionData } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseOpen, wopenAbi } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { eventually } from '../testing/eventually.ts'
import { openTestLedger, type TestLedger } from '../testing/openTestLedger.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { readWopenBalance } from '../wopen/readWopenBalance.ts'
import { wrapOpen } from '../wopen/wrapOpen.ts'
import { bondStake } from './bondStake.ts'
import { claimDelegationRewards } from './claimDelegationRewards.ts'
import { delegateStake } from './delegateStake.ts'
import { readDelegation } from './readDelegation.ts'
import { readStakePool } from './readStakePool.ts'
import { setStakePool } from './setStakePool.ts'
import { undelegateStake } from './undelegateStake.ts'
import { withdrawDelegation } from './withdrawDelegation.ts'

describe.skipIf(anvilPath() === null)('delegation of stakes', () => {
  let ledger: TestLedger
  let node: LedgerWriter
  let staker: LedgerWriter

  beforeAll(async () => {
    ledger = await openTestLedger()
    node = await ledger.newcomer(privateKeyToAccount(generatePrivateKey()))
    staker = await ledger.newcomer(privateKeyToAccount(generatePrivateKey()))
    await bondStake(node, 'node', parseOpen('100'))
  }, 60_000)
  afterAll(() => ledger?.stop())

  it('earns, leaves by a thaw, and every coin comes back', async () => {
    const nodeAccount = node.walletClient.account.address
    const stakerAccount = staker.walletClient.account.address
    const part = () => readDelegation(staker, stakerAccount, nodeAccount, 'node')
    await expect(delegateStake(staker, nodeAccount, 'node', 1n)).rejects.toMatchObject({ code: 'POOL_CLOSED' })
    await setStakePool(node, 'node', 100_000, true)
    await delegateStake(staker, nodeAccount, 'node', parseOpen('100'))
    expect(await readStakePool(staker, nodeAccount, 'node')).toMatchObject({ bonded: parseOpen('100'), commissionPpm: 100_000, open: true })
    await expect(setStakePool(node, 'node', 100_001, true)).rejects.toMatchObject({ code: 'COMMISSION_TOO_HIGH' })

    const { wopen, stakes } = staker.addresses
    await wrapOpen(node, parseOpen('20'))
    await sendCall(node, { name: 'reward', to: wopen, data: encodeFunctionData({ abi: wopenAbi, functionName: 'transfer', args: [stakes, parseOpen('20')] }) })
    expect((await part()).rewards).toBe(parseOpen('9'))
    expect(await claimDelegationRewards(node, stakerAccount, nodeAccount, 'node')).toBe(parseOpen('9'))

    const { shares } = await part()
    await expect(undelegateStake(staker, nodeAccount, 'node', shares + 1n)).rejects.toMatchObject({ code: 'SHARES_TOO_FEW' })
    const { amount, releaseAt } = await undelegateStake(staker, nodeAccount, 'node', shares)
    expect(amount).toBe(parseOpen('100'))
    expect((await part()).leaving).toEqual([{ amount, releaseAt }])
    await eventually('STILL_THAWING', () => withdrawDelegation(staker, nodeAccount, 'node'))
    expect(await readWopenBalance(staker, stakerAccount)).toBe(parseOpen('109'))
    expect(await part()).toEqual({ shares: 0n, bonded: 0n, rewards: 0n, leaving: [] })
  }, 60_000)
})
