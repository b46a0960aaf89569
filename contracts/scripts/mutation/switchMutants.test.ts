import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { findMutants } from './findMutants.ts'
import { layMutants, switchFile, switchMutants, switchSource } from './switchMutants.ts'

const text = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

library Sums {
  uint256 constant LIMIT = 2 ** 8;

  function sum(uint256 a, uint256 b) internal pure returns (uint256) {
    return (1 << a) + (a < b && !(b == 7) ? a + b : 0);
  }
}

contract Purse {
  address public owner;
  event Taken(uint256 amount);

  function take(uint256 amount) external {
    if (owner == address(0)) owner = msg.sender;
    for (uint64 i = 0; i < 3; ++i) {
      amount = Sums.sum(amount, i)
        + 1;
    }
    if (amount > 5) emit Taken(amount);
    else delete owner;
  }
}
`
type Output = { errors?: { severity: string; formattedMessage: string }[] }
const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string }
const errorsOf = (changed: string): string[] => {
  const sources = { 'Purse.sol': { content: changed }, [switchFile]: { content: switchSource } }
  const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings: { outputSelection: { '*': { '*': ['evm.bytecode.object'] } } } }))) as Output
  return (output.errors ?? []).filter((e) => e.severity === 'error').map((e) => e.formattedMessage)
}

describe('switchMutants', () => {
  const mutants = findMutants('Purse.sol', text)
  const { layers, apart } = layMutants(mutants, () => text)
  const numbered = layers.map((layer) => layer.map((mutant) => ({ mutant, code: mutants.indexOf(mutant) })))

  it('lays each mutant once, and none inside another', () => {
    expect([...layers.flat(), ...apart].map(({ id }) => id).sort()).toEqual(mutants.map(({ id }) => id).sort())
    for (const layer of layers) {
      const places = [...new Set(layer.map(({ choice }) => `${choice!.start} ${choice!.end}`))].map((p) => p.split(' ').map(Number)).sort(([a], [b]) => a! - b!)
      places.slice(1).forEach(([start], k) => expect(start).toBeGreaterThanOrEqual(places[k]![1]!))
    }
    expect(apart.map(({ operator, before }) => `${operator} ${before}`).sort()).toEqual(['literal 1', 'literal 2', 'literal 8', 'operator **', 'statement ++i'])
  })

  it('compiles, with every line where it was', () => {
    for (const layer of numbered) {
      const changed = switchMutants('Purse.sol', text, layer)
      expect(errorsOf(changed)).toEqual([])
      expect(changed.split('\n').length).toBe(text.split('\n').length)
    }
    expect(errorsOf(text.replace('a < b', 'a <')).length).toBe(1)
  })

  it('chooses by the block’s producer, in pure functions too', () => {
    const [bound] = numbered.flat().filter(({ mutant }) => mutant.before === '>' && mutant.after === '>=')
    expect(switchMutants('Purse.sol', text, [{ ...bound!, code: 1 }])).toContain('if (((block.coinbase == address(uint160(0x10001))) ? amount >= 5 : amount > 5)) emit')
    const [less] = numbered.flat().filter(({ mutant }) => mutant.before === '<' && mutant.after === '<=' && mutant.choice!.isPure)
    expect(switchMutants('libraries/Purse.sol', text, [{ ...less!, code: 2 }])).toContain('((isMutant(0x10002) ? a <= b : a < b) && ')
    expect(switchMutants('libraries/Purse.sol', text, [])).toContain(`import { isMutant } from "../${switchFile}";`)
  })
})
