/**
 * Books each repetition, an occurrence whose owner (record, contributor) has an earlier one, at the rank where the two have least in
 * common. That rank lies inside the interval of a pattern exactly when both occurrences do (Hui 1992; Sadakane 2007).
 * @param common see `LiveSuffixes`; @param owners the owner of each rank, in [0, count)
 * @returns the repetitions booked up to and with each rank
 */
export function bookRepetitions(common: Int32Array, owners: Int32Array, count: number): Int32Array {
  const booked = new Int32Array(owners.length)
  const last = new Int32Array(count).fill(-1)
  // Minima of `common` seen from the current rank backwards: ascending in rank and in value.
  const minima = new Int32Array(owners.length)
  let top = 0
  for (let rank = 0; rank < owners.length; rank++) {
    while (top > 0 && common[minima[top - 1]] >= common[rank]) top--
    minima[top++] = rank
    const owner = owners[rank]
    const before = last[owner]
    last[owner] = rank
    if (before < 0) continue
    let a = 0
    let b = top - 1
    while (a < b) {
      const middle = (a + b) >>> 1
      if (minima[middle] > before) b = middle
      else a = middle + 1
    }
    booked[minima[a]]++
  }
  for (let rank = 1; rank < booked.length; rank++) booked[rank] += booked[rank - 1]
  return booked
}

/** How many owners the ranks [lo, hi) of one pattern have, exactly and in constant time; hi > lo. */
export function distinctOwners(booked: Int32Array, lo: number, hi: number): number {
  return hi - lo - (booked[hi - 1] - booked[lo])
}
