import fc from 'fast-check'
import type { AbiParameter, Hex } from 'viem'
import { hexOf } from '../artifacts/Artifact.ts'
import { InputError } from '@openledger/protocol'

/** Integers of an interval: of any size, small ones, and the ends. */
function integers(min: bigint, max: bigint): fc.Arbitrary<bigint> {
  const inside = [0n, 1n, 2n, max, max - 1n, min, min + 1n, 1n << BigInt(max.toString(2).length >> 1)].filter((n) => n >= min && n <= max)
  const small = fc.bigInt({ min: min > -300n ? min : -300n, max: max < 300n ? max : 300n })
  const ofAnyLength = fc.nat({ max: max.toString(2).length - 1 }).chain((bits) => fc.bigInt({ min: 0n, max: max >> BigInt(bits) }))
  return fc.oneof({ arbitrary: ofAnyLength, weight: 4 }, { arbitrary: fc.bigInt({ min, max }), weight: 2 }, { arbitrary: small, weight: 2 }, { arbitrary: fc.constantFrom(...inside), weight: 2 })
}

const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Hex> =>
  fc.oneof({ arbitrary: fc.uint8Array({ minLength, maxLength }), weight: 6 }, { arbitrary: fc.constant(new Uint8Array(minLength)), weight: 1 }).map(hexOf)

/**
 * Random values of a type of Solidity, as viem takes them: the ends of the type among them.
 * @param parameter the type as the ABI has it, with the components of tuples
 */
export function inputsOf(parameter: AbiParameter): fc.Arbitrary<unknown> {
  const { type } = parameter
  const array = /^(.*)\[(\d*)\]$/.exec(type)
  if (array) {
    const length = array[2] === '' ? { minLength: 0, maxLength: 12 } : { minLength: Number(array[2]), maxLength: Number(array[2]) }
    return fc.array(inputsOf({ ...parameter, type: array[1]! }), { ...length, size: 'max' })
  }
  const bits = Number(/\d+$/.exec(type)?.[0] ?? 256)
  if (type.startsWith('uint')) return integers(0n, (1n << BigInt(bits)) - 1n)
  if (type.startsWith('int')) return integers(-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n)
  if (type === 'bool') return fc.boolean()
  if (type === 'address') return bytes(20, 20)
  if (type === 'bytes') return bytes(0, 200)
  if (type === 'string') return fc.string({ maxLength: 60 })
  if (/^bytes\d+$/.test(type)) return bytes(bits, bits)
  if (type === 'tuple' && 'components' in parameter) return fc.tuple(...parameter.components.map(inputsOf)).map((values) => Object.fromEntries(parameter.components.map(({ name }, i) => [name ?? '', values[i]])))
  throw new InputError('unknown_type', `no inputs can be made of the type ${type}`)
}
