import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newSentences } from './newSentences.ts'

const told = (...records: [contributor: string, completion: string][]): string[] => newSentences(records.map(([contributor, completion]) => ({ contributor, completion })))
const barge = 'A barge carries grain on the river.'

describe('newSentences', () => {
  it('leaves out what another said before, wherever it stands and however it is written', () => {
    expect(told(['a', barge], ['b', `Tolls are paid at the old lock. ${barge}`])[1]).toBe('Tolls are paid at the old lock.')
    expect(told(['a', `Some say: ${barge} It is slow.`], ['b', 'a BARGE carries grain, on the river! Tolls are paid at the old lock.'])[1]).toBe('Tolls are paid at the old lock.')
  })

  it('leaves out what an answer says again itself', () => {
    expect(told(['a', `${barge} ${barge}\n${barge}`])).toEqual([barge])
  })

  it('keeps what the same contributor said in another record, short phrases, later words of others, and another fact', () => {
    expect(told(['a', barge], ['A', `${barge} It is slow and wide at the bow.`])[1]).toContain(barge)
    expect(told(['a', 'Yes, it is so. And more of it is told here.'], ['b', 'Yes, it is so. But the mill stands on the other side.'])[1]).toContain('Yes')
    expect(told(['a', 'Tolls are paid at the old lock.'], ['b', barge], ['c', `It is long. ${barge}`])[1]).toBe(barge)
    expect(told(['a', barge], ['b', 'A barge carries coal on the river. It is slow and wide.'])[1]).toContain('coal')
  })

  it('leaves an answer whole of which nothing would be left', () => {
    expect(told(['a', `${barge} Tolls are paid at the old lock.`], ['b', barge])[1]).toBe(barge)
  })

  it('keeps the words of every first answer, byte for byte', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => newSentences([{ contributor: 'a', completion: text }], 1_000_000)[0] === text))
  })

  it('reads a long record of one phrase in bounded time', () => {
    const long = 'and so on it goes '.repeat(4000)
    expect(told(['a', long], ['b', long], ['c', `${long}. ${barge}`])[2]).toContain('barge')
  })
})
