import { encodeFunctionData } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { parseOpen, signStatement, statementDomain, wopenAbi, zeroHash, type Receipt } from '@openledger/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LedgerWriter } from '../chain/connection/LedgerWriter.ts'
import { sendCall } from '../chain/connection/sendCall.ts'
import { proveEquivocation } from '../chain/epochs/proveEquivocation.ts'
import { getLedgerEvents } from '../chain/events/getLedgerEvents.ts'
import { bondStake } from '../chain/stakes/bondStake.ts'
import { claimDelegationRewards } from '../chain/stakes/claimDelegationRewards.ts'
import { delegateStake } from '../chain/stakes/delegateStake.ts'
import { readDelegation } from '../chain/stakes/readDelegation.ts'
import { setStakePool } from '../chain/stakes/setStakePool.ts'
import { undelegateStake } from '../chain/stakes/undelegateStake.ts'
import { withdrawDelegation } from '../chain/stakes/withdrawDelegation.ts'
import { eventually } from '../chain/testing/eventually.ts'
import { openTestLedger, type TestLedger } from '../chain/testing/openTestLedger.ts'
import { anvilPath } from '../chain/testing/startAnvil.ts'
import { accountMoney } from './accountMoney.ts'
import { delegationPlace, delegationsOf } from './delegationPlaces.ts'
import { moneyEvent } from './MoneyEvent.ts'
import type { MoneyPlace } from './MoneyStatement.ts'

const [nodeKey, stakerKey] = [privateKeyToAccount(generatePrivateKey()), privateKeyToAccount(generatePrivateKey())]
const staker = stakerKey.address.toLowerCase() as `0x${string}`

describe.skipIf(anvilPath() === null)('the money of one who delegates', () => {
  let ledger: TestLedger
  let mine: LedgerWriter

  async function places(): Promise<MoneyPlace[]> {
    const { publicClient, operator } = ledger
    const last = await publicClient.getBlock()
    const now = Number(last.timestamp)
    const events = (await getLedgerEvents(publicClient, operator.addresses, 0n, last.number)).map((event) => moneyEvent(event, now))
    const found = await Promise.all(delegationsOf(staker, events).map(async (key) => delegationPlace(staker, key, events, await readDelegation(mine, staker, key.to, key.role), now)))
    for (const { paidIn, earned, spent, paidOut, held, free } of found) {
      expect(paidIn + earned).toBe(spent + paidOut + held)
      expect(free).toBeLessThanOrEqual(held)
    }
    expect(accountMoney(staker, events, now).places, 'nothing of it is a bond of the delegator').toEqual([])
    const owner = accountMoney(nodeKey.address, events, now).places
    expect(owner.filter((p) => p.kind === 'bond').map((p) => p.paidIn), 'nor of the owner of the bond').toEqual([parseOpen('40')])
    return found
  }

  beforeAll(async () => {
    ledger = await openTestLedger()
    const node = await ledger.newcomer(nodeKey)
    mine = await ledger.newcomer(stakerKey)
    await bondStake(node, 'node', parseOpen('40'))
    await setStakePool(node, 'node', 500_000, true)
  }, 60_000)
  afterAll(() => ledger?.stop())

  it('says what was put in, earned, slashed and paid out, and what is left', async () => {
    expect(await places()).toEqual([])
    await delegateStake(mine, nodeKey.address, 'node', parseOpen('40'))
    expect(await places()).toMatchObject([{ kind: 'delegation', id: `${nodeKey.address.toLowerCase()}, node`, paidIn: parseOpen('40'), held: parseOpen('40'), free: 0n, spent: 0n }])

    const { wopen, stakes, epochs, chainId } = mine.addresses
    await sendCall(mine, { name: 'wrap', to: wopen, data: encodeFunctionData({ abi: wopenAbi, functionName: 'deposit' }), value: parseOpen('8') })
    await sendCall(mine, { name: 'reward', to: wopen, data: encodeFunctionData({ abi: wopenAbi, functionName: 'transfer', args: [stakes, parseOpen('8')] }) })
    expect(await places()).toMatchObject([{ earned: parseOpen('2'), held: parseOpen('42'), free: parseOpen('2') }])
    await claimDelegationRewards(mine, staker, nodeKey.address, 'node')

    const receipt: Receipt = { baseId: zeroHash, adapterId: zeroHash, snapshotsHash: zeroHash, deploymentId: zeroHash, node: nodeKey.address, gateway: nodeKey.address, channelId: zeroHash, requestHash: zeroHash, outputHash: zeroHash, samplingHash: zeroHash, inputTokens: 1, outputTokens: 1, fee: 1n, profileHash: zeroHash, fingerprintRoot: zeroHash, attributionRoot: zeroHash, shareRoot: zeroHash, time: 1n, nonce: 1n }
    const signed = async (statement: Receipt) => ({ receipt: statement, signature: await signStatement(nodeKey, statementDomain(chainId, epochs), 'Receipt', statement) })
    await proveEquivocation(ledger.operator, await signed(receipt), await signed({ ...receipt, time: 2n }))
    expect(await places()).toMatchObject([{ earned: parseOpen('2'), paidOut: parseOpen('2'), spent: parseOpen('10'), held: parseOpen('30') }])

    const { shares } = await readDelegation(mine, staker, nodeKey.address, 'node')
    await undelegateStake(mine, nodeKey.address, 'node', shares / 2n)
    expect((await places())[0]).toMatchObject({ held: parseOpen('30'), free: 0n, until: expect.any(Number) as number })
    await eventually('STILL_THAWING', () => withdrawDelegation(mine, nodeKey.address, 'node'))
    expect((await places())[0]).toMatchObject({ held: parseOpen('15'), paidOut: parseOpen('17'), spent: parseOpen('10'), until: null })
  }, 60_000)
})
