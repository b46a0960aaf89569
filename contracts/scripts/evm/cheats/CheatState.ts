import { LogExpectations } from './LogExpectations.ts'
import { MockedCalls } from './MockedCalls.ts'
import { Pranks } from './Pranks.ts'
import type { ExpectedRevert } from './RevertExpectation.ts'

/** What the cheat codes of one test have set and not yet used. */
export class CheatState {
  readonly pranks: Pranks
  readonly mocks: MockedCalls
  readonly logs = new LogExpectations()
  revert: ExpectedRevert | undefined
  /** What the last call out of a test function cost. */
  lastGas = 0n

  constructor(pranks = new Pranks(), mocks = new MockedCalls()) {
    this.pranks = pranks
    this.mocks = mocks
  }

  /** A state that begins with the same pranks and mocked calls: what a setup leaves to its tests. */
  copy(): CheatState {
    return new CheatState(this.pranks.copy(), this.mocks.copy())
  }
}
