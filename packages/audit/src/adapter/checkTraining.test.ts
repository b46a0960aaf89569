import type { TrainingRun } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import type { ChainAdapter, ChainRights, ChainSnapshot } from '../chain/ChainView.ts'
import { checkTraining } from './checkTraining.ts'

const run = { adapterId: '0xad', trainer: '0x7a', licence: 'Apache-2.0', snapshotIds: ['0x01', '0x02'] } as unknown as TrainingRun
const open: ChainRights = { consent: 6, licences: ['MIT', 'Apache-2.0'], isOpen: true, isListed: false }

/** Checks a run on two datanets of which the second has other terms. */
const check = (changes: Partial<ChainRights> | null = {}, isPaidUseAllowed = true) =>
  checkTraining(run, { isPaidUseAllowed } as ChainAdapter, {
    snapshot: (id) => Promise.resolve({ datanetId: BigInt(id) } as ChainSnapshot),
    rights: (_, datanetId) => Promise.resolve(datanetId === 1n ? open : changes && { ...open, ...changes }),
  })

describe('checkTraining', () => {
  it('holds where all datanets allowed it, and says what each contribution must have allowed', async () => {
    expect((await check()).needed).toBe(6)
    expect((await check({}, false)).needed).toBe(2)
    expect((await check({ consent: 5, isListed: true, isOpen: false })).needed).toBe(6)
    expect((await check({ consent: 2 }, false)).needed).toBe(2)
    const listed = await checkTraining(run, { isPaidUseAllowed: true } as ChainAdapter, { snapshot: () => Promise.resolve({ datanetId: 4n } as ChainSnapshot), rights: () => Promise.resolve({ ...open, consent: 5, isListed: true }) })
    expect(listed.needed).toBe(5)
  })

  it.each<[string, Partial<ChainRights> | null, RegExp]>([
    ['a trainer whom the owner had not named', { consent: 5 }, /^datanet 2 did not allow 0x7a to train/],
    ['a datanet that was closed to builders', { isOpen: false }, /^datanet 2 did not allow 0x7a to train/],
    ['terms that allow nobody to train', { consent: 4, isListed: true }, /^datanet 2 did not allow 0x7a to train/],
    ['a licence that the terms do not list', { licences: ['MIT'] }, /^datanet 2 did not allow adapters under Apache-2.0/],
    ['answers that may be sold against the terms', { consent: 2 }, /^datanet 2 did not allow the sale/],
    ['a datanet that the chain does not know', null, /knows no terms of datanet 2/],
  ])('finds %s', async (_, changes, message) => {
    await expect(check(changes)).rejects.toMatchObject({ code: 'FALSE_CLAIM', message: expect.stringMatching(message) as unknown })
  })
})
