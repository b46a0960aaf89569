/** Runs every check of the house rules; each says how many things it checked, and fails on zero. */
import { readFileSync } from 'node:fs'
import { checkBorders } from './checks/borders.ts'
import { checkErrors, checkFileSizes, checkLockFile, checkNames, checkProse } from './checks/fileRules.ts'
import { sourceFiles } from './checks/sourceFiles.ts'
import { readUnits } from './checks/units.ts'

const code = sourceFiles(['.ts', '.tsx', '.sol'])
const results = [
  checkBorders(readUnits(), code),
  checkFileSizes(code),
  checkNames(code),
  checkErrors(code),
  checkProse(sourceFiles(['.ts', '.tsx', '.sol', '.md', '.json', '.mjs', '.yml', '.jsonl'])),
  checkLockFile(readFileSync('package-lock.json', 'utf8')),
]
let failed = 0
for (const { checked, what, violations } of results) {
  console.log(`checked ${checked} ${what}: ${violations.length} violations`)
  for (const line of violations) console.error(`  ${line}`)
  if (violations.length > 0 || checked === 0) failed++
}
process.exit(failed > 0 ? 1 : 0)
