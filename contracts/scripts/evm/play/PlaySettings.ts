/** How much is tried of what has no end. The same seed tries the same. */
export type PlaySettings = {
  /** Inputs for each fuzz test. */
  fuzzRuns: number
  /** Campaigns for each test contract with invariants, and the calls of each. */
  invariantRuns: number
  invariantDepth: number
  seed: number
}

/** How one test ended. */
export type TestResult = {
  source: string
  contract: string
  name: string
  /** Why it failed; undefined when it passed. */
  failure?: string
  /** The inputs or calls that were tried. */
  tried: number
}
