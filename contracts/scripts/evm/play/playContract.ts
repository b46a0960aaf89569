import { encodeFunctionData, hexToBytes, toFunctionSignature } from 'viem'
import type { CodeIndex } from '../artifacts/CodeIndex.ts'
import type { RevertReader } from '../world/RevertReader.ts'
import { World, type WorldOptions } from '../world/World.ts'
import { playCampaign } from './playCampaign.ts'
import { explain, playFuzz } from './playFuzz.ts'
import type { PlaySettings, TestResult } from './PlaySettings.ts'
import type { TestPlan } from './TestPlan.ts'

/** What all test contracts share. */
export type Stage = { world: Omit<WorldOptions, 'isolate'>; index: CodeIndex; reader: RevertReader; settings: PlaySettings; wants(name: string): boolean }

/** Runs the tests of one contract: deploys it, sets it up once, and lets each test begin from there. */
export async function playContract(plan: TestPlan, stage: Stage): Promise<TestResult[]> {
  const { artifact } = plan
  const { settings, reader, index } = stage
  const result = (name: string, tried: number, failure?: string): TestResult => ({ source: artifact.source, contract: artifact.name, name, tried, ...(failure !== undefined && { failure }) })
  const tests = plan.tests.filter((test) => stage.wants(test.name))
  const invariants = plan.invariants.filter(({ name }) => stage.wants(name))
  const all = [...tests, ...invariants]
  if (all.length === 0) return []
  const world = new World({ ...stage.world, isolate: plan.isolate })
  const { address, outcome } = await world.deploy(artifact.creation.bytes)
  if (!outcome.ok) return all.map((test) => result(toFunctionSignature(test), 0, `the constructor failed: ${explain(outcome, reader)}`))
  if (plan.setUp) {
    const set = await world.call(address, hexToBytes(encodeFunctionData({ abi: [plan.setUp] })))
    if (!set.ok) return all.map((test) => result(toFunctionSignature(test), 0, `setUp failed: ${explain(set, reader)}`))
  }
  const results: TestResult[] = []
  for (const test of tests) {
    const { tried, failure } = await playFuzz(world, address, test, settings, reader)
    results.push(result(toFunctionSignature(test), tried, failure))
  }
  if (invariants.length > 0) {
    const { calls, failures } = await playCampaign(world, address, { ...plan, invariants }, index, settings, reader)
    results.push(...invariants.map((test) => result(toFunctionSignature(test), calls, failures.get(test.name))))
  }
  return results
}
