import { InvalidArgumentError } from 'commander'

const check = (good: boolean, what: string): void => {
  if (!good) throw new InvalidArgumentError(what)
}

/** A whole number of at least `least`. */
export const wholeNumber =
  (least = 0) =>
  (text: string): number => {
    check(/^\d{1,15}$/.test(text) && Number(text) >= least, `It is a whole number of at least ${least}.`)
    return Number(text)
  }

/** A decimal number of at least 0. */
export function decimalNumber(text: string): number {
  check(/^\d{1,15}(\.\d{1,15})?(e-?\d{1,2})?$/.test(text), 'It is a number such as 0.5.')
  return Number(text)
}

/** A decimal number above 0. */
export function positiveNumber(text: string): number {
  const value = decimalNumber(text)
  check(value > 0, 'It is a number above 0.')
  return value
}

/** The id of a datanet. */
export function datanetNumber(text: string): bigint {
  check(/^[1-9]\d{0,76}$/.test(text), 'It is the number of a datanet, from 1.')
  return BigInt(text)
}

/** A whole number of any size. */
export function bigNumber(text: string): bigint {
  check(/^\d{1,77}$/.test(text), 'It is a whole number.')
  return BigInt(text)
}

/** An amount of OPEN, kept as text until it is read exactly. */
export function openAmount(text: string): string {
  check(/^\d{1,30}(\.\d{1,18})?$/.test(text), 'It is an amount of OPEN such as 1.5.')
  return text
}

/** A hash: 0x and 64 hexadecimal digits. */
export function hash(text: string): `0x${string}` {
  check(/^0x[0-9a-fA-F]{64}$/.test(text), 'It is 0x and 64 hexadecimal digits.')
  return text.toLowerCase() as `0x${string}`
}

/** An address: 0x and 40 hexadecimal digits. */
export function addressOption(text: string): `0x${string}` {
  check(/^0x[0-9a-fA-F]{40}$/.test(text), 'It is 0x and 40 hexadecimal digits.')
  return text.toLowerCase() as `0x${string}`
}

/** A list of words divided by commas. */
export function wordList(text: string): string[] {
  const words = text.split(',').map((word) => word.trim()).filter((word) => word !== '')
  check(words.length > 0, 'It is a list of words divided by commas.')
  return words
}

/** The split of what an answer earns, in per cent: "node:20,owner:15,stakers:5,contributors:60". */
export function splitOption(text: string): { nodePpm: number; ownerPpm: number; stakersPpm: number; contributorsPpm: number } {
  const ppm = new Map<string, number>()
  for (const part of text.split(',')) {
    const [, name, whole, fraction = ''] = /^\s*(node|owner|stakers|contributors)\s*:\s*(\d{1,3})(?:\.(\d{1,4}))?\s*$/.exec(part) ?? []
    check(name !== undefined && !ppm.has(name), 'It is like node:20,owner:15,stakers:5,contributors:60, in per cent.')
    ppm.set(name!, Number(whole) * 10_000 + Number(fraction.padEnd(4, '0')))
  }
  const [nodePpm = 0, ownerPpm = 0, stakersPpm = 0, contributorsPpm = 0] = ['node', 'owner', 'stakers', 'contributors'].map((name) => ppm.get(name))
  check(nodePpm + ownerPpm + stakersPpm + contributorsPpm === 1_000_000, 'The four parts sum to 100 per cent.')
  return { nodePpm, ownerPpm, stakersPpm, contributorsPpm }
}
