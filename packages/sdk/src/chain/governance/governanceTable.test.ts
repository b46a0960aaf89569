import { readFile } from 'node:fs/promises'
import { formatOpen, ledgerGovernorAbi, parametersAbi, stakesAbi, timelockAbi } from '@openledger/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestLedger, type TestLedger } from '../testing/openTestLedger.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { readGovernance } from './readGovernance.ts'

const page = new URL('../../../../../docs/governance.md', import.meta.url)
const days = (seconds: bigint): string => `${seconds / 86_400n} days`
const open = (amount: bigint): string => formatOpen(amount).replace(/^\d+$/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','))

describe.skipIf(anvilPath() === null)('the table of what can change', () => {
  let ledger: TestLedger
  beforeAll(async () => {
    ledger = await openTestLedger()
  }, 60_000)
  afterAll(() => ledger?.stop())

  it('says the bounds that the deployed contracts have', async () => {
    const { publicClient, operator } = ledger
    const { parameters, stakes } = operator.addresses
    const { timelock, governor } = await readGovernance(operator)
    const limits = await Promise.all([
      ...(['MAX_DISPUTE_WINDOW', 'MAX_CHANNEL_THAW', 'MAX_STAKE_THAW', 'MIN_MINIMUM_STAKE', 'MAX_MINIMUM_STAKE', 'MAX_DEPLOYMENT_FEE', 'MAX_PLATFORM_FEE', 'MIN_CHALLENGE_DEPOSIT', 'MAX_CHALLENGE_DEPOSIT', 'MAX_PAUSE', 'MIN_UNPAUSED'] as const).map(
        async (functionName) => [functionName, await publicClient.readContract({ address: parameters, abi: parametersAbi, functionName })] as const,
      ),
      ...(['MAX_VOTING_DELAY', 'MAX_VOTING_PERIOD', 'MIN_PROPOSAL_THRESHOLD', 'MAX_PROPOSAL_THRESHOLD', 'MIN_QUORUM_PERCENT', 'MAX_QUORUM_PERCENT'] as const).map(
        async (functionName) => [functionName, await publicClient.readContract({ address: governor, abi: ledgerGovernorAbi, functionName })] as const,
      ),
      publicClient.readContract({ address: timelock, abi: timelockAbi, functionName: 'MAX_DELAY' }).then((value) => ['MAX_DELAY', value] as const),
      publicClient.readContract({ address: stakes, abi: stakesAbi, functionName: 'MAX_THAWS' }).then((value) => ['MAX_THAWS', value] as const),
    ])
    const of = Object.fromEntries(limits) as Record<(typeof limits)[number][0], bigint>
    const rows: Record<string, string> = {
      'dispute window': `a quarter of its first value to ${days(of.MAX_DISPUTE_WINDOW)}, at most half the stake thaw`,
      'thaw of channels': `1 s to ${days(of.MAX_CHANNEL_THAW)}`,
      'thaw of stakes': `twice the dispute window to ${days(of.MAX_STAKE_THAW)}`,
      'minimum stake': `${open(of.MIN_MINIMUM_STAKE)} to ${open(of.MAX_MINIMUM_STAKE)} OPEN`,
      'fee of a deployment': `0 to ${open(of.MAX_DEPLOYMENT_FEE)} OPEN`,
      "platform's fee of an answer": `0 to ${open(of.MAX_PLATFORM_FEE)} OPEN`,
      'deposit of an accusation': `${open(of.MIN_CHALLENGE_DEPOSIT)} to ${open(of.MAX_CHALLENGE_DEPOSIT)} OPEN`,
      'pause of what comes in': `at most ${days(of.MAX_PAUSE)}, then at least ${days(of.MIN_UNPAUSED)} without`,
      'voting delay': `its first value to ${days(of.MAX_VOTING_DELAY)}`,
      'voting period': `its first value to ${days(of.MAX_VOTING_PERIOD)}`,
      'votes to propose': `${open(of.MIN_PROPOSAL_THRESHOLD)} to ${open(of.MAX_PROPOSAL_THRESHOLD)} WOPEN`,
      quorum: `${of.MIN_QUORUM_PERCENT} to ${of.MAX_QUORUM_PERCENT} per cent of all WOPEN, never below its fixed least value`,
      'delay of the timelock': `its first value to ${days(of.MAX_DELAY)}`,
    }
    const table = new Map((await readFile(page, 'utf8')).split('\n').filter((line) => line.startsWith('| ')).reverse().map((line) => line.split('|').slice(1).map((cell) => cell.trim())).map(([what, , within]) => [what, within]))
    for (const [what, within] of Object.entries(rows)) expect(table.get(what), what).toBe(within)
    expect(of.MAX_THAWS).toBe(8n)
  }, 30_000)
})
