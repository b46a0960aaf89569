import path from 'node:path'
import { mutate, type Choice, type Mutant } from './findMutants.ts'

/** A mutant and the address of the block's producer at which it is there; at every other one the contracts are as they stand. */
export type Switched = { mutant: Mutant; code: number }
type Chosen = Mutant & { choice: Choice }

/** The file that the changed ones import: a function that reads the block where the compiler allows no reading. */
export const switchFile = 'MutantSwitch.sol'
export const switchSource = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

function isMutant(uint256 code) pure returns (bool) {
  return asPure(isProducer)(code);
}

function isProducer(uint256 code) view returns (bool) {
  return uint160(address(block.coinbase)) == code;
}

function asPure(
  function(uint256) view returns (bool) reads
) pure returns (function(uint256) pure returns (bool) result) {
  assembly {
    result := reads
  }
}
`

/** The producer's address for a mutant, above all precompiled contracts. */
export const producerOf = (code: number): string => `0x${(0x1_0000 + code).toString(16).padStart(40, '0')}`

const conditionOf = ({ mutant, code }: Switched): string =>
  (mutant.choice as Choice).isPure ? `isMutant(${producerOf(code).replace(/^0x0+/, '0x')})` : `(block.coinbase == address(uint160(${producerOf(code).replace(/^0x0+/, '0x')})))`

/** Whether a condition can choose this mutant: what it changes has no comment, which would end with its line. */
const isChosen = (mutant: Mutant, text: string): mutant is Chosen =>
  mutant.choice !== null && !Buffer.from(text).subarray(mutant.choice.start, mutant.choice.end).toString().includes('//')

/**
 * Sorts mutants into layers, each of which one compilation can hold: within a layer no choice stands inside another.
 * @param mutants in the order in which they should be tried
 * @param textOf the text of a file
 * @returns the layers, and the mutants that need a compilation of their own
 */
export function layMutants(mutants: readonly Mutant[], textOf: (file: string) => string): { layers: Mutant[][]; apart: Mutant[] } {
  const layers: Chosen[][] = []
  const apart: Mutant[] = []
  for (const mutant of mutants) {
    if (!isChosen(mutant, textOf(mutant.file))) {
      apart.push(mutant)
      continue
    }
    const { start, end } = mutant.choice
    const clashes = (other: Chosen): boolean =>
      other.file === mutant.file && other.choice.start < end && start < other.choice.end && !(other.choice.start === start && other.choice.end === end && other.choice.form === mutant.choice.form)
    const layer = layers.find((one) => !one.some(clashes))
    if (layer === undefined) layers.push([mutant])
    else layer.push(mutant)
  }
  return { layers, apart }
}

/**
 * A file's text with all these mutants of one layer in it, each chosen by the block's producer. Its lines keep their numbers.
 * @param switched the mutants of this file in one layer
 */
export function switchMutants(file: string, text: string, switched: readonly Switched[]): string {
  const bytes = Buffer.from(text)
  const places = new Map<string, Switched[]>()
  for (const one of switched) {
    const { start, end } = one.mutant.choice!
    places.set(`${start} ${end}`, [...(places.get(`${start} ${end}`) ?? []), one])
  }
  let result = bytes
  const lastFirst = [...places.values()].sort((a, b) => b[0]!.mutant.choice!.start - a[0]!.mutant.choice!.start)
  for (const here of lastFirst) {
    const { start, end, form } = here[0]!.mutant.choice!
    const own = bytes.subarray(start, end).toString()
    const other = ({ mutant }: Switched): string => mutate(own, { ...mutant, start: mutant.start - start, end: mutant.end - start }).replaceAll('\n', ' ')
    const chosen =
      form === 'expression'
        ? here.reduceRight((rest, one) => `(${conditionOf(one)} ? ${other(one)} : ${rest})`, own)
        : `{ if (!(${here.map(conditionOf).join(' || ')})) { ${own} } }`
    result = Buffer.concat([result.subarray(0, start), Buffer.from(chosen), result.subarray(end)])
  }
  const up = '../'.repeat(path.posix.normalize(file).split('/').length - 1) || './'
  return result.toString().replace(/pragma solidity [^;]+;/, (pragma) => `${pragma} import { isMutant } from "${up}${switchFile}";`)
}
