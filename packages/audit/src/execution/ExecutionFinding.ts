/** What an auditor found about an opened answer; without a verdict it has none to give, and says why. */
export type ExecutionFinding = { verdict: 'right' | 'wrong' | null; reason: string }
