/**
 * Packs documents into rows of exactly `length` tokens, so that no document is cut in two: each goes into the fullest open
 * row that still has room. Rows are filled up with `start`, which carries no loss. Documents longer than a row lose their end.
 * @param documents token ids of one document each, opened by `start`
 */
export function packRows(documents: Iterable<readonly number[]>, rows: number, length: number, start: number): Uint16Array {
  const packed = new Uint16Array(rows * length + 1).fill(start)
  const open: number[][] = []
  let done = 0
  const close = (row: readonly number[]): void => {
    packed.set(row, done * length)
    done += 1
  }
  for (const ids of documents) {
    const document = ids.slice(0, length)
    let best: number[] | undefined
    for (const row of open) if (row.length + document.length <= length && row.length > (best?.length ?? -1)) best = row
    if (best !== undefined) best.push(...document)
    else {
      open.push(document)
      if (open.length > 48) {
        open.sort((a, b) => b.length - a.length)
        close(open.shift()!)
        if (done === rows) return packed
      }
    }
  }
  for (const row of open) if (done < rows) close(row)
  return packed.slice(0, done * length + 1)
}
