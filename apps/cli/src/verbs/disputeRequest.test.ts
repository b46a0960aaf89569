import { describe, expect, it } from 'vitest'
import { disputeRequest } from './disputeRequest.ts'

describe('disputeRequest', () => {
  it('reads a claim and its parts', () => {
    expect(disputeRequest('split')).toEqual({ name: 'split' })
    expect(disputeRequest('dot-product:atom=3')).toEqual({ name: 'dot-product', atom: 3 })
    expect(disputeRequest('span-words:span=0,at=12')).toEqual({ name: 'span-words', span: 0, at: 12 })
  })
  it.each(['', 'taste', 'score:atom', 'score:atom=-1', 'score:colour=1', 'score:atom=1;chunk=2'])('refuses %j', (text) => {
    expect(() => disputeRequest(text)).toThrow(expect.objectContaining({ code: 'BAD_DISPUTE' }))
  })
})
