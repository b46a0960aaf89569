import { parseOpen } from '@openledger/protocol'
import { readParameters, readProposals } from '@openledger/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestSession, type TestSession } from '../testing/openTestSession.ts'
import { joinVotes } from './joinVotes.ts'
import { proposeChange, readAuditChanges, readChanges } from './proposeChange.ts'
import { showCall } from './showCall.ts'
import { waitUntil } from './waitUntil.ts'

const treasury = '0x00000000000000000000000000000000000000ad'

describe('readChanges', () => {
  it('reads each kind of parameter exactly', () => {
    expect(readChanges(['disputeWindow=3600', 'platformFee=0.000000000000000001', `treasury=${treasury}`])).toEqual({ disputeWindow: 3600, platformFee: 1n, treasury })
  })

  it('reads the terms of audits', () => {
    expect(readAuditChanges(['ratePpm=2000', 'size=5', 'fee=0.3'])).toEqual({ ratePpm: 2000, size: 5, fee: 3n * 10n ** 17n })
    for (const text of ['ratePpm=0.5', 'fee=', 'disputeWindow=5']) expect(() => readAuditChanges([text])).toThrow(expect.objectContaining({ code: 'BAD_PARAMETER', field: '--audits' }) as Error)
  })

  it.each(['disputeWindow', 'disputeWindow=', 'disputeWindow=1.5', 'platformFee=-1', 'platformFee=1e3', 'treasury=0x1', 'paused=1', 'toString=1', '=1'])('refuses %j', (text) => {
    expect(() => readChanges([text])).toThrow(expect.objectContaining({ code: 'BAD_PARAMETER' }) as Error)
  })
})

describe('proposeChange', () => {
  let open: TestSession
  beforeAll(async () => {
    open = await openTestSession({}, ['operator', 'ada'])
  }, 120_000)
  afterAll(() => open?.stop())

  it('proposes what was named and leaves the rest as it is', async () => {
    const { session } = open
    const proposer = 'ada'
    const change = { proposer, description: 'dearer', changes: { platformFee: 8n }, audits: { size: 5 }, guardian: treasury } as const
    await expect(proposeChange(session, { proposer, description: 'nothing' })).rejects.toMatchObject({ code: 'NOTHING_PROPOSED' })
    await expect(proposeChange(session, change)).rejects.toMatchObject({ code: 'GOVERNOR_INSUFFICIENT_PROPOSER_VOTES' })
    expect(await joinVotes(session, { holder: 'ada', wrap: parseOpen('2') })).toEqual({ voter: await session.keys.address('ada'), votes: parseOpen('2') })
    // Votes count from the second after.
    const id = await waitUntil(() => proposeChange(session, change).catch(() => undefined), { what: 'the votes count', timeoutMs: 10_000, everyMs: 300 })
    const [proposal] = await readProposals(session.reader)
    expect(proposal).toMatchObject({ id, state: 'pending', description: 'dearer' })
    expect(proposal!.proposer.toLowerCase()).toBe((await session.keys.address('ada')).toLowerCase())
    const before = await readParameters(session.reader)
    const calls = proposal!.calls.map(showCall)
    expect(calls[0]).toContain('"platformFee":"8"')
    expect(calls[0]).toContain(`"disputeWindow":${before.disputeWindow}`)
    expect(calls[1]).toMatch(/^setTerms\(.*"size":5/)
    expect(calls[2]).toMatch(/^setGuardian\("0x0{38}ad"\) of 0x/i)
    expect(showCall({ target: treasury, data: '0xdeadbeef' })).toBe(`0xdeadbeef to ${treasury}`)
  }, 60_000)
})
