/**
 * Attention masks [length, length] for `rows` sequences: 0 where a token may look, −∞ elsewhere.
 * With `starts`, a token sees only its own document: `starts[i]` is the first position of the document of token i.
 */
export function causalMask(length: number, rows = 1, starts?: Int32Array): Float32Array {
  const mask = new Float32Array(rows * length * length).fill(-Infinity)
  for (let row = 0; row < rows; row++) {
    for (let query = 0; query < length; query++) {
      const at = (row * length + query) * length
      mask.fill(0, at + (starts?.[row * length + query] ?? 0), at + query + 1)
    }
  }
  return mask
}
