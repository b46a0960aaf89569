import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { repositoryRoot, warningsOfForge } from '../forge.ts'
import { findingsOf, unexplained } from './findings.ts'

const reason = z.string().min(20)
const explanationsSchema = z.strictObject({
  rules: z.record(z.string(), reason),
  places: z.array(z.strictObject({ rule: z.string(), file: z.string(), code: z.string(), reason })),
})

/**
 * Static analysis of the contracts by `forge lint`: every finding must be explained in contracts/analysis.json, a rule as a whole or a place
 * by its code, and every explanation must still have its finding. Says what is not.
 * @param forge the binary's path
 * @returns whether all is explained
 */
export function analyse(forge: string): boolean {
  const { status, output } = warningsOfForge(forge, ['lint', '--json', 'contracts/src'])
  const findings = findingsOf(output)
  const explanations = explanationsSchema.parse(JSON.parse(readFileSync(join(repositoryRoot, 'contracts/analysis.json'), 'utf8')))
  const { open, stale } = unexplained(findings, explanations)
  for (const { rule, file, line, code, message } of open) console.error(`${file}:${line}: ${message} (${rule}): ${code}\n  change it, or explain it in contracts/analysis.json`)
  for (const one of stale) console.error(`contracts/analysis.json explains what forge lint no longer finds: ${one}`)
  // No finding at all would mean that nothing was analysed: times of blocks are compared in many places.
  const silent = findings.length === 0
  if (silent) console.error(`forge lint found nothing at all (exit code ${status}): ${output.slice(0, 500)}`)
  console.log(`analysed the contracts: ${findings.length} findings, ${findings.length - open.length} explained, ${open.length} not`)
  return !silent && open.length + stale.length === 0
}
