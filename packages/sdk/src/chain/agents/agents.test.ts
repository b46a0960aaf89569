import { committeeCriterion, committeeEvidence, keccak, parseOpen, releaseEvidence, signStatement, statementDigest, statementDomain, toHex, utf8, zeroHash, type CommitteeTerms, type Guarantee, type Hex } from '@openledger/protocol'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { bondStake } from '../stakes/bondStake.ts'
import { eventually } from '../testing/eventually.ts'
import { openTestLedger, testParameters, type TestLedger } from '../testing/openTestLedger.ts'
import { anvilPath } from '../testing/startAnvil.ts'
import { ensureWopen } from '../wopen/ensureWopen.ts'
import { readWopenBalance } from '../wopen/readWopenBalance.ts'
import { acceptGuarantee } from './acceptGuarantee.ts'
import { bondAgent } from './bondAgent.ts'
import { cancelPromise } from './cancelPromise.ts'
import { commitVote, enrolAuditor, revealVote, shareCommitteeFees, withdrawCommitteeFees } from './committeeVotes.ts'
import { deliverGuarantee } from './deliverGuarantee.ts'
import { findAgents } from './findAgents.ts'
import { findGuarantees } from './findGuarantees.ts'
import { rateGuarantee } from './rateGuarantee.ts'
import { readAgent } from './readAgent.ts'
import { readGuarantee } from './readGuarantee.ts'
import { readGuaranteeBalance } from './readGuaranteeBalance.ts'
import { readReputation } from './readReputation.ts'
import { registerAgent } from './registerAgent.ts'
import { settleGuarantee } from './settleGuarantee.ts'
import { withdrawGuaranteeBalance } from './withdrawGuaranteeBalance.ts'

const key = (name: string) => privateKeyToAccount(keccak(utf8(name)))
const [reward, penalty] = [parseOpen('2'), parseOpen('3')]

describe.skipIf(anvilPath() === null)('agents on a chain', () => {
  let ledger: TestLedger
  let agent: LedgerWriter
  let client: LedgerWriter
  let agentId: bigint
  let nonce = 0n

  beforeAll(async () => {
    ledger = await openTestLedger({ ...testParameters, stakeThaw: 600 })
    agent = await ledger.newcomer(key('agent'))
    client = await ledger.newcomer(key('client'))
    agentId = await registerAgent(agent, 'ipfs://agent')
    await bondAgent(agent, parseOpen('10'))
  }, 120_000)
  afterAll(() => ledger?.stop())

  async function promise(verifier: Hex, criterion: Hex): Promise<{ guarantee: Guarantee; signature: Hex; id: Hex }> {
    const { timestamp } = await ledger.publicClient.getBlock()
    const parties = { agentId, agent: key('agent').address, client: key('client').address }
    const guarantee: Guarantee = { ...parties, taskHash: keccak(utf8('task')), reward, penalty, acceptBy: timestamp + 60n, deadline: timestamp + 120n, verifier, criterion, nonce: nonce++ }
    const domain = statementDomain(agent.addresses.chainId, agent.addresses.guarantees)
    return { guarantee, signature: await signStatement(key('agent'), domain, 'Guarantee', guarantee), id: statementDigest(domain, 'Guarantee', guarantee) }
  }

  it('finds and reads agents, and knows no others', async () => {
    expect(await findAgents(agent, key('agent').address)).toEqual([agentId])
    expect(await readAgent(agent, agentId)).toMatchObject({ owner: key('agent').address, wallet: key('agent').address, uri: 'ipfs://agent' })
    expect(await readAgent(agent, 77n)).toBeNull()
    expect(await readGuarantee(agent, zeroHash)).toBeNull()
  })

  it('pays for what the client releases, and lets it be rated once', async () => {
    const { guarantee, signature, id } = await promise(agent.addresses.clientVerifier, zeroHash)
    await expect(acceptGuarantee(agent, guarantee, signature)).rejects.toMatchObject({ code: 'NOT_THE_CLIENT' })
    expect(await acceptGuarantee(client, guarantee, signature)).toBe(id)
    const resultHash = keccak(utf8('result'))
    const domain = statementDomain(agent.addresses.chainId, agent.addresses.guarantees)
    const sign = (name: string) => signStatement(key(name), domain, 'Release', { guaranteeId: id, resultHash })
    await expect(deliverGuarantee(agent, id, releaseEvidence(resultHash, await sign('agent')))).rejects.toMatchObject({ code: 'NOT_RELEASED' })
    await expect(rateGuarantee(client, id, { value: 90n })).rejects.toMatchObject({ code: 'NOT_YOUR_GUARANTEE' })
    expect(await deliverGuarantee(agent, id, releaseEvidence(resultHash, await sign('client')))).toBe('kept')
    await rateGuarantee(client, id, { value: 90n })
    await expect(rateGuarantee(client, id, { value: 90n })).rejects.toMatchObject({ code: 'ALREADY_RATED' })
    expect(await readReputation(agent, agentId, [key('client').address])).toEqual({ count: 1n, value: 90n, decimals: 0 })
    expect(await readGuaranteeBalance(agent, key('agent').address)).toBe(parseOpen('12'))
  }, 60_000)

  it('refuses a promise that was taken back', async () => {
    const { guarantee, signature } = await promise(agent.addresses.hashVerifier, zeroHash)
    await cancelPromise(agent, guarantee.nonce)
    await expect(acceptGuarantee(client, guarantee, signature)).rejects.toMatchObject({ code: 'NONCE_USED' })
  }, 60_000)

  it('lets a committee refuse a delivery, pays its majority, and the client', async () => {
    const auditors = await Promise.all(['x', 'y', 'z'].map((name) => ledger.newcomer(key(name))))
    for (const auditor of auditors) {
      await bondStake(auditor, 'auditor', parseOpen('10'))
      await enrolAuditor(auditor)
    }
    const terms: CommitteeTerms = { size: 3, fee: parseOpen('0.1'), commitTime: 4, revealTime: 4 }
    const { guarantee, signature, id } = await promise(agent.addresses.committeeVerifier, committeeCriterion(terms))
    await acceptGuarantee(client, guarantee, signature)
    await ensureWopen(agent, agent.addresses.committeeVerifier, 3n * terms.fee)
    // Only who was enrolled in an earlier second than that of the delivery is drawn.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    expect(await deliverGuarantee(agent, id, committeeEvidence(terms, keccak(utf8('result')), 'ipfs://result'))).toBe('delivered')
    await expect(settleGuarantee(client, id)).rejects.toMatchObject({ code: 'STILL_PENDING' })
    // A block of its own, so that the one that seeds the tickets has passed.
    await bondAgent(agent, 1n)
    const salt = toHex(new Uint8Array(32).fill(7))
    const votes = [false, true, false]
    for (const [i, auditor] of auditors.entries()) expect(await commitVote(auditor, id, votes[i]!, salt)).toBe(true)
    for (const [i, auditor] of auditors.entries()) await eventually('TOO_EARLY', () => revealVote(auditor, id, votes[i]!, salt))
    await eventually('STILL_PENDING', () => settleGuarantee(client, id))
    expect(await readGuarantee(client, id)).toMatchObject({ status: 'broken' })
    expect(await readGuaranteeBalance(client, key('client').address)).toBe(reward + penalty)
    expect(await withdrawGuaranteeBalance(agent, key('client').address)).toBe(reward + penalty)
    expect(await readWopenBalance(client, key('client').address)).toBe(reward + penalty)
    await shareCommitteeFees(client, id)
    await withdrawCommitteeFees(auditors[0]!)
    await expect(withdrawCommitteeFees(auditors[1]!)).rejects.toMatchObject({ code: 'NOTHING_OWED' })
    expect(await readWopenBalance(client, key('x').address)).toBe(terms.fee)
    expect(await findGuarantees(client, { agentId })).toHaveLength(2)
  }, 120_000)
})
