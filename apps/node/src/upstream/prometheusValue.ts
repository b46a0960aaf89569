/** The sum over all label sets of one figure in Prometheus' text format, or undefined when it is not there. */
export function prometheusValue(text: string, name: string): number | undefined {
  let sum: number | undefined
  for (const line of text.split('\n')) {
    if (!line.startsWith(name)) continue
    const rest = line.slice(name.length)
    // The name ends here: what follows is labels or the value.
    if (rest[0] !== '{' && rest[0] !== ' ') continue
    const value = Number(rest.slice(rest.lastIndexOf('}') + 1).trim().split(/\s+/)[0])
    if (Number.isFinite(value)) sum = (sum ?? 0) + value
  }
  return sum
}
