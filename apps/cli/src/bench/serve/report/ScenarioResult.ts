/** One thing that was measured: a value per round. */
export type Figure = { name: string; unit: string; values: number[] }

/** A figure held against what the project promises. */
export type Check = { name: string; value: number; unit: string } & ({ atLeast: number } | { atMost: number })

export type ScenarioResult = {
  scenario: string
  about: string
  /** What was asked of the server, enough to repeat it. */
  workload: Record<string, string | number>
  figures: Figure[]
  checks: Check[]
  /** What a reader must know to read the figures right. */
  remarks: string[]
}

/** Whether a figure keeps the promise; one that could not be measured does not. */
export function isMet(check: Check): boolean {
  return 'atLeast' in check ? check.value >= check.atLeast : check.value <= check.atMost
}
