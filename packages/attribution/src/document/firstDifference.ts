import type { Json } from '@openledger/protocol'

/** A false claim: where it stands, what it says, and what it should say; undefined where one side has nothing. */
export type Difference = { field: string; claimed: Json | undefined; recomputed: Json | undefined }

/** What a comparison found: how many single values it compared, and the first that differs. */
export type Comparison = { checked: number; difference?: Difference }

const isGroup = (value: Json | undefined): value is readonly Json[] | { readonly [key: string]: Json | undefined } => typeof value === 'object' && value !== null

/** Compares two JSON values down to single values, keys in the order of `recomputed`; stops at the first difference. */
export function firstDifference(claimed: Json | undefined, recomputed: Json | undefined, field = ''): Comparison {
  if (!isGroup(claimed) || !isGroup(recomputed) || Array.isArray(claimed) !== Array.isArray(recomputed)) {
    return claimed === recomputed ? { checked: 1 } : { checked: 1, difference: { field, claimed, recomputed } }
  }
  const [left, right] = [new Map(Object.entries(claimed)), new Map(Object.entries(recomputed))]
  let checked = 0
  for (const key of new Set([...right.keys(), ...left.keys()])) {
    const found = firstDifference(left.get(key), right.get(key), field === '' ? key : `${field}.${key}`)
    checked += found.checked
    if (found.difference) return { checked, difference: found.difference }
  }
  return { checked }
}
