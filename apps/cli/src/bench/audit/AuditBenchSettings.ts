/** What `openledger bench audit` does. */
export type AuditBenchSettings = {
  /** Answers to attribute and to recompute. */
  answers: number
  maxTokens: number
  /** Answers whose records are ranked in both ways. */
  drillDowns: number
  /** JSON lines of contributor, prompt, completion; default the sample datanet. */
  records: string | undefined
  /** Records taken, spread evenly over the contributors. */
  recordLimit: number
  /** Passes of training over them. */
  epochs: number
  /** CPU build that makes the answers, and the one that recomputes them; default the best for this processor. */
  variant: string | undefined
  otherVariant: string
  threads: number
  /** Where adapter, table and answers are kept, so that a broken-off run goes on. */
  work: string
}
