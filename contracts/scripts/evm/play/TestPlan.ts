import type { Abi, AbiFunction } from 'viem'
import type { Artifact } from '../artifacts/Artifact.ts'

/** What of a test contract is to be run. */
export type TestPlan = {
  artifact: Artifact
  setUp: AbiFunction | undefined
  tests: AbiFunction[]
  invariants: AbiFunction[]
  afterInvariant: AbiFunction | undefined
  isolate: boolean
  failOnRevert: boolean
}

const functions = (abi: Abi): AbiFunction[] => abi.filter((entry) => entry.type === 'function')

/** The settings that a source gives to one of its contracts: lines `forge-config: default.<key> = <value>` right above it. */
function settingsOf(source: string, contract: string): ReadonlyMap<string, string> {
  const lines = source.slice(0, Math.max(0, source.search(new RegExp(`^contract ${contract}\\b`, 'm')))).split('\n').slice(0, -1)
  const comment = lines.slice(lines.findLastIndex((line) => !line.trimStart().startsWith('///')) + 1)
  return new Map([...comment.join('\n').matchAll(/forge-config: default\.([\w.-]+) = (\S+)/g)].map(([, key, value]) => [key!, value!]))
}

/**
 * What of a contract Forge would run: functions whose names begin with `test`, and invariants.
 * @param source the text of its source, for the settings in its comments
 * @returns null when it is no test contract
 */
export function planTests(artifact: Artifact, source: string): TestPlan | null {
  const all = functions(artifact.abi)
  const tests = all.filter(({ name }) => name.startsWith('test'))
  const invariants = all.filter(({ name }) => name.startsWith('invariant'))
  if (tests.length + invariants.length === 0) return null
  const settings = settingsOf(source, artifact.name)
  const named = (name: string): AbiFunction | undefined => all.find((entry) => entry.name === name)
  return {
    artifact,
    tests,
    invariants,
    setUp: named('setUp'),
    afterInvariant: named('afterInvariant'),
    isolate: settings.get('isolate') === 'true',
    failOnRevert: settings.get('invariant.fail-on-revert') === 'true',
  }
}
