/** What a check found: how many things it looked at, and one line for each violation. */
export type CheckResult = { checked: number; what: string; violations: string[] }

/** A source file as the checks see it: path from the root with forward slashes, and its text. */
export type SourceFile = { path: string; text: string }
