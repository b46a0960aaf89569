import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { Hex } from '@openledger/protocol'
import { silentLog } from '../config/Log.ts'
import { openPglite } from '../database/openPglite.ts'
import { standingDeposits } from './standingDeposits.ts'

const [account, other, gateway] = ['aa', 'bb', 'cc'].map((byte) => `0x${byte.repeat(20)}`) as [Hex, Hex, Hex]
const id = (n: number): Hex => `0x${String(n).repeat(64)}`

it('finds what an account put down at each court and nothing has decided since', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'openledger-deposits-'))
  const database = await openPglite(folder, silentLog)
  try {
    let block = 0
    const event = (name: string, args: object): Promise<unknown> => database.query('insert into chain_events values ($1, 0, $2, 0, $3, $4)', [++block, id(0), name, JSON.stringify(args)])
    // An earlier case about the same receipt decides nothing about a later one.
    await event('ExecutionCourt.ExecutionJudged', { receiptId: id(1) })
    await event('ExecutionCourt.ExecutionSummoned', { receiptId: id(1), accuser: account })
    await event('ExecutionCourt.ExecutionSummoned', { receiptId: id(2), accuser: account })
    await event('ExecutionCourt.Appealed', { receiptId: id(2), appellant: account, bond: '7' })
    await event('ExecutionCourt.ExecutionJudged', { receiptId: id(2) })
    await event('ExecutionCourt.Appealed', { receiptId: id(1), appellant: account, bond: '7' })
    await event('AttributionCourt.Summoned', { receiptId: id(3), accuser: account })
    await event('AttributionCourt.Summoned', { receiptId: id(4), accuser: account })
    await event('AttributionCourt.AttributionShown', { receiptId: id(4) })
    await event('AttributionCourt.Summoned', { receiptId: id(5), accuser: other })
    await event('InclusionCourt.InclusionSummoned', { receiptId: id(6), gateway, accuser: account })
    await event('InclusionCourt.InclusionSummoned', { receiptId: id(7), gateway, accuser: account })
    await event('InclusionCourt.PromiseBroken', { receiptId: id(7), gateway })
    for (const place of ['1', '2']) await event('EpochCourt.Demanded', { gateway, index: '0', list: '1', place, accuser: account })
    await event('EpochCourt.Revealed', { gateway, index: '0', list: '1', place: '2' })
    await event('EpochCourt.Demanded', { gateway, index: '1', list: '1', place: '2', accuser: account })
    await event('Epochs.EpochVoided', { gateway, index: '1' })
    const found = await standingDeposits(database.query, account)
    expect(found.map(({ name, args }) => [name, args.receiptId ?? args.place])).toEqual([
      ['EpochCourt.Demanded', '1'],
      ['InclusionCourt.InclusionSummoned', id(6)],
      ['AttributionCourt.Summoned', id(3)],
      ['ExecutionCourt.Appealed', id(1)],
      ['ExecutionCourt.ExecutionSummoned', id(1)],
    ])
  } finally {
    await database.close()
    await rm(folder, { recursive: true, force: true })
  }
})
