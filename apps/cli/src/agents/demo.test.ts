import { rm } from 'node:fs/promises'
import path from 'node:path'
import { parseOpen } from '@openledger/protocol'
import { findGuarantees, readAgent, readGuarantee, readGuaranteeBalance, readReputation, readWopenBalance } from '@openledger/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession, type Session } from '../context/Session.ts'
import { Output } from '../output/Output.ts'
import { smallSample, testUp } from '../testing/smallSample.ts'
import { deploy } from '../verbs/deploy.ts'
import { up, type Up } from '../up/up.ts'
import { deliver } from './deliver.ts'
import { demo, type Demo } from './demo.ts'
import { endGuarantee } from './endGuarantee.ts'

const output = new Output({ stdout: () => undefined, stderr: () => undefined, isTerminal: false }, true)
const [reward, penalty] = [parseOpen('1'), parseOpen('0.75')]

describe('two agents on a running network', () => {
  let running: Up
  let session: Session
  let data: string
  let played: Demo

  beforeAll(async () => {
    ;({ data } = await smallSample(1))
    running = await up({ ...testUp, data, sample: false }, output)
    session = await openSession({ data, json: true }, output)
    const { base } = await session.node.nodeInfo()
    await deploy(session, { model: { base: base.id }, inputPrice: parseOpen('0.5'), outputPrice: parseOpen('1'), owner: 'builder' })
    played = await demo(session, { task: 'What is a cactus?', funder: 'operator', reward, penalty, deposit: parseOpen('0.5'), deliverSeconds: 300, idleSeconds: 10, onNote: () => undefined })
  }, 600_000)

  afterAll(async () => {
    await running?.stop()
    await rm(path.dirname(data), { recursive: true, force: true })
  })

  it('pays the agent that bought an answer and delivered its anchored receipt', async () => {
    const { guaranteeId, agentId, earned } = played.kept
    expect(earned).toBe(reward)
    expect(await readGuarantee(session.reader, guaranteeId)).toMatchObject({ status: 'kept' })
    expect(await readAgent(session.reader, agentId)).toMatchObject({ record: { kept: 1, broken: 0, earned: reward } })
    const wallet = await session.keys.address('agent-keen')
    expect(await readWopenBalance(session.reader, wallet)).toBe(reward + penalty)
    expect(await readReputation(session.reader, agentId)).toEqual({ count: 1n, value: 100n, decimals: 0 })
  })

  it('lets the penalty of the agent that failed pay the client', async () => {
    const { guaranteeId, agentId, paid } = played.broken
    expect(paid).toBe(reward + penalty)
    expect(await readGuarantee(session.reader, guaranteeId)).toMatchObject({ status: 'broken' })
    expect(await readAgent(session.reader, agentId)).toMatchObject({ record: { kept: 0, broken: 1, forfeited: penalty } })
    const client = await session.keys.address('agent-client')
    expect(await readWopenBalance(session.reader, client)).toBe(reward + penalty)
    expect(await readGuaranteeBalance(session.reader, await session.keys.address('agent-idle'))).toBe(0n)
    expect(await readReputation(session.reader, agentId)).toMatchObject({ count: 0n })
  })

  it('leaves nothing behind, and pays nothing twice', async () => {
    const { kept, broken } = played
    expect(await readWopenBalance(session.reader, session.network.contracts.guarantees)).toBe(0n)
    expect(await deliver(session, { agent: 'agent-keen', guaranteeId: kept.guaranteeId, delivery: { receipt: kept.receiptId } })).toMatchObject({ status: 'kept' })
    expect(await endGuarantee(session, { guaranteeId: broken.guaranteeId, sender: 'operator' })).toMatchObject({ status: 'broken', paid: 0n })
    expect(await findGuarantees(session.reader, { agentId: kept.agentId })).toEqual([kept.guaranteeId])
  }, 60_000)
})
