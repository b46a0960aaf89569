/** Token ids by falling logit, equal logits by the smaller id: the `count` first of them (all when `count` is 0 or more than there are). */
export function largestLogits(logits: Float32Array, count: number): number[] {
  if (count <= 0 || count > 256 || count >= logits.length) {
    const order = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b)
    return count > 0 ? order.slice(0, count) : order
  }
  // A short list kept in order beats sorting a whole vocabulary.
  const best: number[] = []
  for (let token = 0; token < logits.length; token++) {
    if (best.length === count && logits[token]! <= logits[best[count - 1]!]!) continue
    let at = best.length
    while (at > 0 && logits[token]! > logits[best[at - 1]!]!) at -= 1
    best.splice(at, 0, token)
    if (best.length > count) best.pop()
  }
  return best
}
