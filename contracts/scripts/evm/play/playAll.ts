import { basename } from 'node:path'
import type { Artifact } from '../artifacts/Artifact.ts'
import { playContract, type Stage } from './playContract.ts'
import type { TestResult } from './PlaySettings.ts'
import { planTests } from './TestPlan.ts'

/** Which tests to run: regular expressions for the path of the source, the contract and the test; undefined for all. */
export type Choice = { path?: string | undefined; contract?: string | undefined; test?: string | undefined }

const matches = (wanted: string | undefined, name: string): boolean => wanted === undefined || new RegExp(wanted).test(name)

/**
 * Runs the test contracts among some artifacts, in the order of their sources.
 * @param readText the text of a source by its path
 * @param say takes a line for each contract, and for each test that failed
 */
export async function playAll(artifacts: readonly Artifact[], choice: Choice, stage: Omit<Stage, 'wants'>, readText: (path: string) => string, say: (line: string) => void): Promise<TestResult[]> {
  const plans = artifacts
    .filter(({ source, name }) => source.startsWith('contracts/test/') && matches(choice.path, source) && matches(choice.contract, name))
    .flatMap((artifact) => planTests(artifact, readText(artifact.source)) ?? [])
    .sort((a, b) => a.artifact.source.localeCompare(b.artifact.source) || a.artifact.name.localeCompare(b.artifact.name))
  const results: TestResult[] = []
  for (const plan of plans) {
    const began = performance.now()
    const own = await playContract(plan, { ...stage, wants: (name) => matches(choice.test, name) })
    if (own.length === 0) continue
    results.push(...own)
    const failed = own.filter(({ failure }) => failure !== undefined)
    const tried = own.reduce((sum, result) => sum + result.tried, 0)
    say(`${basename(plan.artifact.source)} ${plan.artifact.name}: ${own.length - failed.length} passed, ${failed.length} failed, ${tried} runs, ${((performance.now() - began) / 1000).toFixed(1)} s`)
    for (const { name, failure } of failed) say(`[FAIL] ${plan.artifact.name}.${name}: ${failure}`)
  }
  return results
}
