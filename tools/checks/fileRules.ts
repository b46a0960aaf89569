import type { CheckResult, SourceFile } from './finding.ts'

const isGenerated = (path: string): boolean => path.includes('.gen.') || path.includes('/generated/')
const isTest = (path: string): boolean => path.includes('.test.') || path.includes('/test/') || path.includes('.t.sol')
const quantile = (sorted: readonly number[], q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? 0

/** Half of the source files under 80 lines, 95 of 100 under 350, none over 600 (tests count only for the last). */
export function checkFileSizes(files: readonly SourceFile[]): CheckResult {
  const sized = files.filter((f) => !isGenerated(f.path)).map((f) => ({ path: f.path, lines: f.text.split('\n').length }))
  const violations = sized.filter((f) => f.lines > 600).map((f) => `${f.path}: ${f.lines} lines, 600 at most`)
  const lengths = sized.filter((f) => !isTest(f.path)).map((f) => f.lines).sort((a, b) => a - b)
  if (quantile(lengths, 0.5) >= 80) violations.push(`half of the files have ${quantile(lengths, 0.5)} lines or more, under 80 wanted`)
  if (quantile(lengths, 0.95) >= 350) violations.push(`1 file in 20 has ${quantile(lengths, 0.95)} lines or more, under 350 wanted`)
  return { checked: sized.length, what: 'file sizes', violations }
}

const vagueNames = /(^|\/)(utils?|commons?|misc|helpers?|managers?|services?)(\.|\/)/i

/** Nothing is called utils, common, misc, helpers, manager or service. */
export function checkNames(files: readonly SourceFile[]): CheckResult {
  const violations = files.filter((f) => vagueNames.test(f.path)).map((f) => `${f.path}: a vague name; say what it holds`)
  return { checked: files.length, what: 'file names', violations }
}

/** Outside tests, errors are classes with a code. */
export function checkErrors(files: readonly SourceFile[]): CheckResult {
  const sources = files.filter((f) => !isTest(f.path) && !isGenerated(f.path) && !f.path.startsWith('tools/'))
  const violations = sources.flatMap((f) =>
    f.text.split('\n').flatMap((line, i) => (/throw new Error\(/.test(line) ? [`${f.path}:${i + 1}: throw an error class with a code`] : [])),
  )
  return { checked: sources.length, what: 'files for bare errors', violations }
}

// Written in parts, so that this file does not find itself.
const places = new RegExp(`/(${['work', 'farm', 'root', 'tmp/lab', 'tmp/team'].join('|')})/[a-z]`)
const unfinished = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`)

/** Text speaks of the project alone: no path of one machine, nothing left unfinished. */
export function checkProse(files: readonly SourceFile[]): CheckResult {
  const violations = files.flatMap((f) =>
    f.text.split('\n').flatMap((line, i) => {
      if (places.test(line) && !/https?:\/\//.test(line)) return [`${f.path}:${i + 1}: a path of one machine`]
      return unfinished.test(line) ? [`${f.path}:${i + 1}: unfinished work belongs in an issue`] : []
    }),
  )
  return { checked: files.length, what: 'files for stray text', violations }
}

/** The lock file names versions and hashes, never a download address. */
export function checkLockFile(text: string): CheckResult {
  const entries = Object.entries((JSON.parse(text) as { packages: Record<string, { resolved?: string }> }).packages)
  const violations = entries.filter(([, p]) => /^[a-z+]+:\/\//.test(p.resolved ?? '')).map(([name]) => `package-lock.json: ${name} holds an address`)
  return { checked: entries.length, what: 'locked packages', violations }
}
