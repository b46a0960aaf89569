/**
 * The fewest and the most further characters by which each state of an automaton comes to acceptance: `shortest` is Infinity where it never
 * does, `longest` is -Infinity there, and Infinity where any number will do in the end.
 * @param targets the states that each state leads to; -1: nowhere
 */
export function acceptedLengths(targets: readonly (readonly number[])[], accepting: readonly boolean[]): { shortest: number[]; longest: number[] } {
  const following = targets.map((list) => [...new Set(list)].filter((target) => target >= 0))
  const leading: number[][] = targets.map(() => [])
  following.forEach((list, state) => list.forEach((target) => leading[target]!.push(state)))

  const shortest = accepting.map((accepts) => (accepts ? 0 : Infinity))
  const reached = [...accepting.keys()].filter((state) => accepting[state])
  for (const state of reached) {
    for (const before of leading[state]!) {
      if (shortest[before] !== Infinity) continue
      shortest[before] = shortest[state]! + 1
      reached.push(before)
    }
  }

  // States are settled once all that follows them is; what never settles leads into a circle.
  const isLive = (state: number): boolean => shortest[state] !== Infinity
  const open = following.map((list) => list.filter(isLive).length)
  const longest = accepting.map((_, state) => (isLive(state) ? Infinity : -Infinity))
  const settled = [...accepting.keys()].filter((state) => isLive(state) && open[state] === 0)
  for (const state of settled) longest[state] = 0
  for (const state of settled) {
    for (const before of leading[state]!) {
      open[before]! -= 1
      if (open[before] !== 0) continue
      longest[before] = 1 + Math.max(...following[before]!.filter(isLive).map((next) => longest[next]!))
      settled.push(before)
    }
  }
  return { shortest, longest }
}
