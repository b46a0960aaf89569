import type { RecordContent } from '@openledger/protocol'

// Scripts that are written without spaces: each character stands for itself.
const unspaced = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*`
// Signs that change the meaning ("C" and "C#", "5" and "-5") are tokens; the rest of the punctuation is not.
const token = new RegExp(String.raw`${unspaced}|(?:(?!${unspaced})[\p{L}\p{N}\p{M}])+|[\p{Sm}\p{Sc}\p{So}#%&*@]|-(?=\p{N})`, 'gu')

/** Between prompt and completion; no text gives this token, since it is punctuation. */
const border = '¶'

/** The words of a text with case, width, spacing and punctuation folded away; the text itself when nothing is left. */
export function foldedTokens(text: string): string[] {
  const folded = text.normalize('NFKC').toLowerCase().normalize('NFKC')
  return folded.match(token) ?? [folded.trim()]
}

/** The folded tokens of a record, prompt and completion kept apart. */
export function recordTokens({ prompt, completion }: RecordContent): string[] {
  return [...foldedTokens(prompt), border, ...foldedTokens(completion)]
}

/** The distinct runs of `size` neighbouring tokens. */
export function shingles(tokens: readonly string[], size: number): Set<string> {
  const out = new Set<string>()
  for (let i = 0; i + size <= tokens.length; i++) out.add(tokens.slice(i, i + size).join(' '))
  if (out.size === 0) out.add(tokens.join(' '))
  return out
}
