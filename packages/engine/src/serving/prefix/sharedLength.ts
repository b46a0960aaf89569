/** How many leading tokens two sequences have in common, at most `limit`. */
export function sharedLength(a: ArrayLike<number>, b: ArrayLike<number>, limit = Infinity): number {
  const most = Math.min(a.length, b.length, limit)
  let length = 0
  while (length < most && a[length] === b[length]) length += 1
  return length
}
