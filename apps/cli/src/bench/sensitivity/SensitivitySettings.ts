/** What `openledger bench sensitivity` does. */
export type SensitivitySettings = {
  /** Honest answers: they say how far honest machines lie apart. */
  honest: number
  /** Of these, how many go through every test under every build; the others are judged by their margins, under one other build each in turn. */
  thorough: number
  /** Answers for each kind of lie. */
  lies: number
  maxTokens: number
  /** Passes of training of each adapter. */
  epochs: number
  /** Records of each adapter's datanet; default all of its half of the sample. */
  recordLimit: number
  /** CPU build that answers, and those that judge; default the best for this processor. */
  variant: string | undefined
  otherVariants: readonly string[]
  threads: number
  /** Where adapters, bases and answers are kept, so that a broken-off run goes on. */
  work: string
}
