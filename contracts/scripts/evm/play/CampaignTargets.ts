import { createAddressFromString, type Address } from '@ethereumjs/util'
import { decodeFunctionResult, encodeFunctionData, hexToBytes, parseAbi, toFunctionSelector, type AbiFunction } from 'viem'
import { InputError } from '@openledger/protocol'
import { hexOf } from '../artifacts/Artifact.ts'
import type { CodeIndex } from '../artifacts/CodeIndex.ts'
import type { World } from '../world/World.ts'

const questions = parseAbi([
  'struct Selectors { address addr; bytes4[] selectors; }',
  'function targetContracts() view returns (address[])',
  'function targetSelectors() view returns (Selectors[])',
  'function excludeSelectors() view returns (Selectors[])',
])

/** A function that a campaign may call. */
export type Target = { address: Address; function: AbiFunction }

type Question = 'targetContracts' | 'targetSelectors' | 'excludeSelectors'
type Choice = { addr: string; selectors: readonly string[] }

async function ask(world: World, test: Address, abi: readonly { type: string; name?: string }[], functionName: Question): Promise<readonly unknown[]> {
  if (!abi.some(({ type, name }) => type === 'function' && name === functionName)) return []
  const { ok, data } = await world.call(test, hexToBytes(encodeFunctionData({ abi: questions, functionName })))
  if (!ok) throw new InputError('no_targets', `${functionName} failed`)
  return decodeFunctionResult({ abi: questions, functionName, data: hexOf(data) }) as readonly unknown[]
}

/**
 * The functions that a campaign may call: those that change state, of the contracts that the test names, less what it leaves out.
 * @throws InputError when the test names none, or one whose code nobody compiled
 */
export async function campaignTargets(world: World, test: Address, abi: readonly { type: string; name?: string }[], index: CodeIndex): Promise<Target[]> {
  const contracts = (await ask(world, test, abi, 'targetContracts')) as readonly string[]
  const chosen = (await ask(world, test, abi, 'targetSelectors')) as readonly Choice[]
  const excluded = (await ask(world, test, abi, 'excludeSelectors')) as readonly Choice[]
  const selectorsFor = (choices: readonly Choice[], address: string): readonly string[] => choices.filter(({ addr }) => addr === address).flatMap(({ selectors }) => selectors)
  const targets: Target[] = []
  for (const contract of new Set([...contracts, ...chosen.map(({ addr }) => addr)])) {
    const address = createAddressFromString(contract)
    const artifact = index.ofRuntime(await world.state.getCode(address))
    if (!artifact) throw new InputError('unknown_code', `nobody compiled the code at ${contract}`)
    const [only, not] = [selectorsFor(chosen, contract), selectorsFor(excluded, contract)]
    for (const entry of artifact.abi) {
      if (entry.type !== 'function' || entry.stateMutability === 'view' || entry.stateMutability === 'pure') continue
      const selector = toFunctionSelector(entry)
      if (not.includes(selector) || (only.length > 0 && !only.includes(selector))) continue
      targets.push({ address, function: entry })
    }
  }
  if (targets.length === 0) throw new InputError('no_targets', 'the test names nothing to call')
  return targets
}
