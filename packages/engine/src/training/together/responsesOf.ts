import { fail } from '@openledger/protocol'
import { isFull, type Coalition } from './Coalition.ts'

/**
 * Contributor responses r_a = θ − θ_without_a, flat in canonical order, one per contributor; new arrays.
 * @param result coalitions and their trained parameters, among them the full one and the one without each contributor
 * Throws `COALITION_MISSING` when one of them was not trained.
 */
export function responsesOf({ coalitions, adapters }: { coalitions: readonly Coalition[]; adapters: readonly Float32Array[] }): Float32Array[] {
  const find = (fits: (coalition: Coalition) => boolean, named: string): Float32Array =>
    adapters[coalitions.findIndex(fits)] ?? fail('COALITION_MISSING', `the coalition ${named} was not trained`, { field: 'coalitions', fix: 'train the coalitions of leaveOneOut' })
  const full = find(isFull, 'of all contributors')
  return Array.from({ length: coalitions[0].weights.length }, (_, a) => {
    const without = find(({ weights }) => weights.every((weight, b) => weight === (a === b ? 0 : 1)), `without contributor ${a}`)
    return full.map((value, i) => value - without[i])
  })
}
