import { describe, expect, it } from 'vitest'
import { findMutants, mutate } from './findMutants.ts'

const text = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

// “Quoted” words take more bytes than characters.
contract Purse {
  uint256 public held;
  bool public open = true;
  event Taken(uint256 amount);

  modifier opened() {
    if (!open) revert();
    _;
  }

  function take(uint256 amount) external opened {
    if (amount < held) held -= amount;
    emit Taken(amount);
  }

  function same(uint256 amount) external opened {
    if (amount < held) held -= amount;
  }
}
`

describe('findMutants', () => {
  const mutants = findMutants('Purse.sol', text)
  const texts = (operator: string): string[] => mutants.filter((m) => m.operator === operator).map((m) => mutate(text, m).split('\n')[m.line - 1]!.trim())

  it('changes what the compiler’s syntax tree names, and nothing beside it', () => {
    expect(texts('operator')).toEqual(['if (amount <= held) held -= amount;', 'if (amount >= held) held -= amount;', 'if (amount <= held) held -= amount;', 'if (amount >= held) held -= amount;'])
    expect(texts('condition').slice(0, 2)).toEqual(['if (true) revert();', 'if (false) revert();'])
    expect(texts('negation')).toEqual(['if (open) revert();'])
    expect(texts('assignment')).toEqual(['if (amount < held) held += amount;', 'if (amount < held) held += amount;'])
    expect(texts('statement')).toEqual(['if (!open) {}', 'if (amount < held) {}', 'if (amount < held) {}'])
    expect(texts('event')).toEqual(['{}'])
    expect(texts('modifier')).toEqual(['function take(uint256 amount) external  {', 'function same(uint256 amount) external  {'])
    expect(texts('literal')).toEqual(['bool public open = false;'])
  })

  it('gives each an id of its own that outlives lines put in above it', () => {
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length)
    expect(findMutants('Purse.sol', `\n${text}`).map(({ id }) => id)).toEqual(mutants.map(({ id }) => id))
  })
})
