import type { CodePointSet } from './codePoints.ts'

/** A regular expression as it was read. */
export type PatternSyntax =
  | { kind: 'set'; set: CodePointSet }
  | { kind: 'sequence'; parts: readonly PatternSyntax[] }
  | { kind: 'choice'; options: readonly PatternSyntax[] }
  | { kind: 'repeat'; of: PatternSyntax; min: number; max: number }
