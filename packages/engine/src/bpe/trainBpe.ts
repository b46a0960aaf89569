import { byteAlphabet } from './byteAlphabet.ts'
import { splitText } from './splitText.ts'

/** A byte-level BPE vocabulary as GGUF stores it: control tokens first, then the 256 bytes, then one token per merge. */
export interface BpeVocabulary {
  /** Token texts by id; all but the control tokens written in the byte alphabet. */
  tokens: string[]
  /** Merges by rank, `left right` in the byte alphabet. */
  merges: string[]
  /** Control tokens by id: they are the first ids. */
  control: string[]
}

interface Word {
  parts: number[]
  count: number
}

/**
 * Learns a byte-level BPE vocabulary of exactly `size` tokens (control tokens and 256 bytes included) from texts.
 * Deterministic: the most frequent pair wins, equal counts go to the pair with the smaller left, then right, id.
 * Stops early only when no pair occurs twice. Source: Sennrich et al. 2016, on GPT-2's bytes.
 */
export function trainBpe(texts: Iterable<string>, size: number, control: readonly string[]): BpeVocabulary {
  const counts = new Map<string, number>()
  for (const text of texts) for (const piece of splitText(text)) counts.set(piece, (counts.get(piece) ?? 0) + 1)
  const encoder = new TextEncoder()
  const words: Word[] = [...counts].map(([piece, count]) => ({ parts: [...encoder.encode(piece)], count }))

  const symbols = [...byteAlphabet]
  const merges: string[] = []
  const pairs = new Map<number, { count: number; words: Set<number> }>()
  const key = (left: number, right: number): number => left * 65536 + right
  const add = (left: number, right: number, word: number, count: number): void => {
    const id = key(left, right)
    const pair = pairs.get(id)
    if (pair === undefined) pairs.set(id, { count, words: new Set([word]) })
    else {
      pair.count += count
      if (count > 0) pair.words.add(word)
    }
  }
  words.forEach(({ parts, count }, w) => {
    for (let i = 1; i < parts.length; i += 1) add(parts[i - 1]!, parts[i]!, w, count)
  })
  while (symbols.length + control.length < size) {
    let best = -1
    let most = 1
    for (const [id, { count }] of pairs) {
      if (count > most || (count === most && best >= 0 && id < best)) {
        best = id
        most = count
      }
    }
    if (best < 0) break
    const left = Math.floor(best / 65536)
    const right = best % 65536
    const merged = symbols.length
    merges.push(`${symbols[left]} ${symbols[right]}`)
    symbols.push(symbols[left]! + symbols[right]!)
    for (const w of pairs.get(best)!.words) {
      const { parts, count } = words[w]!
      if (!parts.some((part, i) => part === left && parts[i + 1] === right)) continue
      for (let i = 1; i < parts.length; i += 1) add(parts[i - 1]!, parts[i]!, w, -count)
      const next: number[] = []
      for (let i = 0; i < parts.length; i += 1) {
        if (parts[i] === left && parts[i + 1] === right) {
          next.push(merged)
          i += 1
        } else next.push(parts[i]!)
      }
      words[w]!.parts = next
      for (let i = 1; i < next.length; i += 1) add(next[i - 1]!, next[i]!, w, count)
    }
    pairs.delete(best)
  }
  return { tokens: [...control, ...symbols], merges, control: [...control] }
}
