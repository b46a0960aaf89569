import { Address } from '@ethereumjs/util'
import fc from 'fast-check'
import { encodeFunctionData, hexToBytes, type AbiFunction } from 'viem'
import type { CodeIndex } from '../artifacts/CodeIndex.ts'
import type { RevertReader } from '../world/RevertReader.ts'
import type { World } from '../world/World.ts'
import { campaignTargets, type Target } from './CampaignTargets.ts'
import { inputsOf } from './inputs.ts'
import { explain } from './playFuzz.ts'
import type { PlaySettings } from './PlaySettings.ts'
import type { TestPlan } from './TestPlan.ts'

const calldata = (entry: AbiFunction): Uint8Array => hexToBytes(encodeFunctionData({ abi: [entry] }))
const calls = (targets: readonly Target[]): fc.Arbitrary<{ target: Target; data: Uint8Array; sender: Uint8Array }> =>
  fc.constantFrom(...targets).chain((target) =>
    fc.record({
      target: fc.constant(target),
      data: fc.tuple(...target.function.inputs.map(inputsOf)).map((args) => hexToBytes(encodeFunctionData({ abi: [target.function], args }))),
      sender: fc.uint8Array({ minLength: 20, maxLength: 20 }),
    }),
  )

/**
 * Calls what the handlers offer, at random, and checks every invariant before the first call and after each.
 * @returns for each invariant why it failed first, or undefined; and how many calls were made
 */
export async function playCampaign(world: World, test: Address, plan: TestPlan, index: CodeIndex, settings: PlaySettings, reader: RevertReader): Promise<{ calls: number; failures: Map<string, string> }> {
  const failures = new Map<string, string>()
  const targets = await campaignTargets(world, test, plan.artifact.abi, index)
  let made = 0
  const check = async (after: string): Promise<void> => {
    for (const invariant of plan.invariants) {
      if (failures.has(invariant.name)) continue
      const outcome = await world.within(() => world.call(test, calldata(invariant)))
      if (!outcome.ok) failures.set(invariant.name, `${explain(outcome, reader)} ${after}`)
    }
  }
  const failAll = (why: string): void => plan.invariants.forEach(({ name }) => void (failures.has(name) || failures.set(name, why)))
  for (let run = 0; run < settings.invariantRuns; run++) {
    const sequence = fc.sample(calls(targets), { seed: settings.seed + run, numRuns: settings.invariantDepth })
    await world.within(async () => {
      await check('before any call')
      for (const [step, { target, data, sender }] of sequence.entries()) {
        const outcome = await world.call(target.address, data, new Address(sender))
        const after = `after call ${step + 1} of run ${run + 1}, ${target.function.name}`
        if (outcome.rejected) continue
        made++
        if (!outcome.ok && plan.failOnRevert) return failAll(`${explain(outcome, reader)} ${after}`)
        await check(after)
      }
      if (!plan.afterInvariant) return
      const last = await world.call(test, calldata(plan.afterInvariant))
      if (!last.ok) failAll(`${explain(last, reader)} in afterInvariant of run ${run + 1}`)
    })
  }
  return { calls: made, failures }
}
