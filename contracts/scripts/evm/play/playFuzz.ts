import type { Address } from '@ethereumjs/util'
import fc from 'fast-check'
import { encodeFunctionData, hexToBytes, type AbiFunction } from 'viem'
import type { RevertReader } from '../world/RevertReader.ts'
import type { Outcome, World } from '../world/World.ts'
import { inputsOf } from './inputs.ts'
import type { PlaySettings } from './PlaySettings.ts'

/** A test that refuses more inputs than this, for each that it takes, tests nothing. */
const mostRefused = 100

export const explain = ({ why, data }: Outcome, reader: RevertReader): string => (why === 'revert' ? reader.read(data) : why ?? 'failed')

/**
 * Runs a test with as many inputs as the settings say, each from the state that the setup left.
 * @returns how many were tried, and why the first one that failed did
 */
export async function playFuzz(world: World, target: Address, test: AbiFunction, settings: PlaySettings, reader: RevertReader): Promise<{ tried: number; failure?: string }> {
  const runs = test.inputs.length === 0 ? 1 : settings.fuzzRuns
  const inputs = fc.sample(fc.tuple(...test.inputs.map(inputsOf)), { seed: settings.seed, numRuns: runs * (test.inputs.length === 0 ? 1 : mostRefused) })
  let tried = 0
  for (const args of inputs) {
    const data = hexToBytes(encodeFunctionData({ abi: [test], args }))
    const outcome = await world.within(() => world.call(target, data))
    if (outcome.rejected) continue
    tried++
    if (!outcome.ok) return { tried, failure: `${explain(outcome, reader)}${args.length > 0 ? ` with ${encodeFunctionData({ abi: [test], args })}` : ''}` }
    if (tried === runs) return { tried }
  }
  return { tried, failure: `took ${tried} of ${inputs.length} inputs` }
}
