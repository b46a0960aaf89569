/** What one answer shows to each test. Sums and verdicts are made of it later, so that thresholds can follow from all of them. */
export type Measured = {
  /** Name of the lie, and the number of the question. */
  row: string
  number: number
  /** Tokens that the receipt claims. */
  tokens: number
  /** Executed again under the same profile: after how many tokens the claim is seen to be false; null where it is right, absent where that was not looked at. */
  exact?: number | null
  /** By CPU build. */
  others: Record<string, {
    /** Margins that are not 0, by token; the one behind the last token is the end's. */
    margins: [number, number][]
    /** Margins in all. */
    count: number
    /** For each 32 tokens: exponents that differ, mean and median difference of mantissas; empty where none was made. */
    fingerprint: [number, number, number][]
  }>
}

/** All margins, zeros as well. */
export function marginsOf({ margins, count }: Measured['others'][string]): number[] {
  const all = Array.from({ length: count }, () => 0)
  for (const [at, margin] of margins) all[at] = margin
  return all
}
