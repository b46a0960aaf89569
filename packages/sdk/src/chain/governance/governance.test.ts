import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseOpen } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readParameters } from '../parameters/readParameters.ts'
import { setParameters } from '../parameters/setParameters.ts'
import { bondStake } from '../stakes/bondStake.ts'
import { openTestLedger, testGovernance, testParameters, type TestLedger } from '../testing/openTestLedger.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { wrapOpen } from '../wopen/wrapOpen.ts'
import { castVote } from './castVote.ts'
import { delegateVotes } from './delegateVotes.ts'
import { executeProposal } from './executeProposal.ts'
import { pauseLedger, unpauseLedger } from './pauseLedger.ts'
import { guardianCall, parametersCall, propose, type ProposedCall } from './propose.ts'
import { queueProposal } from './queueProposal.ts'
import { readGovernance } from './readGovernance.ts'
import { readProposals, type ProposalState } from './readProposals.ts'
import { readVotes } from './readVotes.ts'

// The clock of the chain is moved, which only anvil's can be.
describe.skipIf(anvilPath() === null || process.env.OPENLEDGER_TEST_RPC !== undefined)('governance', () => {
  let ledger: TestLedger
  let holder: LedgerWriter
  const guardianKey = privateKeyToAccount(generatePrivateKey())

  beforeAll(async () => {
    ledger = await openTestLedger()
    holder = await ledger.newcomer(privateKeyToAccount(generatePrivateKey()))
    await wrapOpen(holder, parseOpen('100'))
    await delegateVotes(holder, holder.walletClient.account.address)
    await later(1)
  }, 60_000)
  afterAll(() => ledger?.stop())

  const stateOf = async (id: bigint): Promise<ProposalState> => (await readProposals(holder)).find((p) => p.id === id)!.state
  async function later(seconds: number): Promise<void> {
    const request = ledger.publicClient.request as (call: { method: string; params: unknown[] }) => Promise<unknown>
    await request({ method: 'evm_increaseTime', params: [seconds] })
    await request({ method: 'evm_mine', params: [] })
  }

  async function passed(calls: ProposedCall[], description: string): Promise<bigint> {
    const id = await propose(holder, calls, description)
    expect(await stateOf(id)).toBe('pending')
    await later(testGovernance.votingDelay + 1)
    expect(await castVote(holder, id, 'for')).toBe(parseOpen('100'))
    expect(await stateOf(id)).toBe('active')
    await expect(queueProposal(holder, id)).rejects.toMatchObject({ code: 'GOVERNOR_UNEXPECTED_PROPOSAL_STATE', action: 'retry' })
    await later(testGovernance.votingPeriod)
    expect(await stateOf(id)).toBe('succeeded')
    await queueProposal(holder, id)
    expect(await stateOf(id)).toBe('queued')
    await expect(executeProposal(holder, id)).rejects.toMatchObject({ code: 'TIMELOCK_UNEXPECTED_OPERATION_STATE', action: 'retry' })
    await later(testGovernance.timelockDelay)
    return id
  }

  it('leaves nothing to the deployer', async () => {
    const { timelock, governor } = await readGovernance(holder)
    expect(timelock).not.toBe(governor)
    await expect(setParameters(ledger.operator, testParameters)).rejects.toMatchObject({ code: 'OWNABLE_UNAUTHORIZED_ACCOUNT' })
  })

  it('changes a parameter by a decision, and names a guardian, who pauses', async () => {
    const { parameters } = holder.addresses
    const before = await readParameters(holder)
    expect(await readVotes(holder, holder.walletClient.account.address)).toBe(parseOpen('100'))
    const id = await passed([parametersCall(parameters, { ...before, platformFee: 7n }), guardianCall(parameters, guardianKey.address)], 'fee and guardian')
    expect((await readParameters(holder)).platformFee).toBe(before.platformFee)
    await executeProposal(holder, id)
    expect(await readParameters(holder)).toEqual({ ...before, platformFee: 7n })
    const [proposal] = await readProposals(holder)
    expect(proposal).toMatchObject({ id, state: 'executed', description: 'fee and guardian', inFavour: parseOpen('100'), against: 0n })
    expect(proposal!.calls.map((c) => c.target)).toEqual([parameters, parameters])

    const guardian = await ledger.newcomer(guardianKey)
    await expect(pauseLedger(holder, 60)).rejects.toMatchObject({ code: 'NOT_GUARDIAN' })
    expect(await pauseLedger(guardian, 600)).toBe((await readGovernance(holder)).pausedUntil)
    await expect(bondStake(holder, 'node', 1n)).rejects.toMatchObject({ code: 'BONDS_PAUSED' })
    await unpauseLedger(guardian)
    await expect(pauseLedger(guardian, 60)).rejects.toMatchObject({ code: 'PAUSE_TOO_SOON', action: 'retry' })
    await bondStake(holder, 'node', 1n)
  }, 60_000)

  it('cannot carry out what leaves the bounds', async () => {
    const before = await readParameters(holder)
    const id = await passed([parametersCall(holder.addresses.parameters, { ...before, platformFee: parseOpen('1') })], 'too dear')
    await expect(executeProposal(holder, id)).rejects.toMatchObject({ code: 'PARAMETER_OUT_OF_BOUNDS' })
    expect(await readParameters(holder)).toEqual(before)
  }, 60_000)

  it('asks for votes', async () => {
    const poor = await ledger.newcomer(privateKeyToAccount(generatePrivateKey()))
    await expect(propose(poor, [guardianCall(poor.addresses.parameters, guardianKey.address)], 'x')).rejects.toMatchObject({ code: 'GOVERNOR_INSUFFICIENT_PROPOSER_VOTES' })
    await expect(castVote(poor, 1n, 'for')).rejects.toMatchObject({ code: 'GOVERNOR_NONEXISTENT_PROPOSAL' })
  })
})
