import { encodeDeployData, encodeFunctionData, erc20Abi, keccak256, toHex, type Address } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseOpen, wopenAbi } from '@openledger/protocol'
import { contractBytecode } from '@openledger/protocol/bytecode'
import { bondAgent } from '../agents/bondAgent.ts'
import { openChannel } from '../channels/openChannel.ts'
import { topUpChannel } from '../channels/topUpChannel.ts'
import { ledgerWriter, type LedgerWriter } from '../connection/LedgerWriter.ts'
import { sendCall } from '../connection/sendCall.ts'
import { deployContracts } from '../deployment/deployContracts.ts'
import { bondStake } from '../stakes/bondStake.ts'
import { delegateStake } from '../stakes/delegateStake.ts'
import { readStakePool } from '../stakes/readStakePool.ts'
import { setStakePool } from '../stakes/setStakePool.ts'
import { testGovernance, testParameters, openTestChain, walletOf, type TestChain } from '../testing/openTestLedger.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { readOpenToken } from './readOpenToken.ts'
import { readWopenBalance } from './readWopenBalance.ts'
import { unwrapOpen } from './unwrapOpen.ts'
import { wrapOpen } from './wrapOpen.ts'

describe.skipIf(anvilPath() === null)('a ledger whose OPEN is an ERC-20', () => {
  let chain: TestChain
  let token: Address
  let payer: LedgerWriter
  const balance = (account: Address): Promise<bigint> => chain.publicClient.readContract({ address: token, abi: erc20Abi, functionName: 'balanceOf', args: [account] })

  beforeAll(async () => {
    chain = await openTestChain()
    const { rich, rpcUrl, publicClient } = chain
    const sender = { walletClient: walletOf(rich, rpcUrl), publicClient }
    // Any ERC-20 of 18 decimals; the native coin of this chain is another one.
    const { contractAddress } = await sendCall(sender, { name: 'creation of a token', data: encodeDeployData({ abi: wopenAbi, bytecode: contractBytecode.WOPEN }) })
    token = contractAddress!
    await sendCall(sender, { name: 'coinage', to: token, data: encodeFunctionData({ abi: wopenAbi, functionName: 'deposit' }), value: parseOpen('1000') })
    const addresses = await deployContracts(sender.walletClient, publicClient, testParameters, { governance: testGovernance, openToken: token })
    const account = privateKeyToAccount(generatePrivateKey())
    await sendCall(sender, { name: 'gas', to: account.address, data: '0x', value: parseOpen('1') })
    await sendCall(sender, { name: 'gift', to: token, data: encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [account.address, parseOpen('500')] }) })
    payer = ledgerWriter(walletOf(account, rpcUrl), publicClient, addresses)
  }, 60_000)
  afterAll(() => chain?.stop())

  it('takes the token wherever OPEN is paid in, and no native coin for it', async () => {
    const me = payer.walletClient.account.address
    expect((await readOpenToken(payer))?.toLowerCase()).toBe(token.toLowerCase())
    const channel = await openChannel(payer, me, keccak256(toHex('salt')), parseOpen('10'))
    await topUpChannel(payer, channel, parseOpen('5'))
    await bondStake(payer, 'node', parseOpen('100'))
    await setStakePool(payer, 'node', 0, true)
    await delegateStake(payer, me, 'node', parseOpen('20'))
    expect((await readStakePool(payer, me, 'node')).bonded).toBe(parseOpen('20'))
    await bondAgent(payer, parseOpen('30'))
    expect(await balance(me)).toBe(parseOpen('335'))
    const native = { name: 'wrap', to: payer.addresses.wopen, data: encodeFunctionData({ abi: wopenAbi, functionName: 'deposit' }), value: 1n }
    await expect(sendCall(payer, native)).rejects.toMatchObject({ code: 'NATIVE_COIN_REFUSED' })
  }, 60_000)

  it('wraps and unwraps one to one, and says when there is not enough', async () => {
    const me = payer.walletClient.account.address
    const before = await balance(me)
    await wrapOpen(payer, parseOpen('7'))
    expect(await readWopenBalance(payer, me)).toBe(parseOpen('7'))
    await unwrapOpen(payer, parseOpen('7'))
    expect(await balance(me)).toBe(before)
    await expect(wrapOpen(payer, before + 1n)).rejects.toMatchObject({ code: 'ERC20_INSUFFICIENT_BALANCE' })
  }, 60_000)
})
