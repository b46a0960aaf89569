import { describe, expect, it } from 'vitest'
import { compareAnswers } from './compareAnswers.ts'

describe('compareAnswers', () => {
  it('ignores case and marks, and counts repeated words once each', () => {
    expect(compareAnswers('a hash of data', 'A hash of data.')).toEqual({ exact: true, wordF1: 1 })
    expect(compareAnswers('a a a', 'a b').wordF1).toBeCloseTo(0.4)
    expect(compareAnswers('', 'x')).toEqual({ exact: false, wordF1: 0 })
  })
})
