import type { RecordContent } from '@openledger/protocol'

// Scripts that are written without spaces: a run of them is read as overlapping pairs of characters, since one carries less than a word.
const unspaced = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*`
const unspacedRun = new RegExp(`^(?:${unspaced})+$`, 'u')
const unspacedCharacter = new RegExp(unspaced, 'gu')
// Signs that change the meaning ("C" and "C#", "5" and "-5") are tokens; the rest of the punctuation is not.
const token = new RegExp(String.raw`(?:${unspaced})+|(?:(?!${unspaced})[\p{L}\p{N}\p{M}])+|[\p{Sm}\p{Sc}\p{So}#%&*@]|-(?=\p{N})`, 'gu')

/** Around prompt and completion, so that their first and last words count as much as the others; no text gives this token, since it is punctuation. */
const border = '¶'

function pairs(run: string): string[] {
  const characters = run.match(unspacedCharacter) ?? [run]
  return characters.length < 2 ? characters : characters.slice(1).map((character, i) => characters[i]! + character)
}

/** The words of a text with case, width, spacing and punctuation folded away; the text itself when nothing is left. */
export function foldedTokens(text: string): string[] {
  const folded = text.normalize('NFKC').toLowerCase().normalize('NFKC')
  const found = folded.match(token) ?? [folded.trim()]
  return found.flatMap((word) => (unspacedRun.test(word) ? pairs(word) : [word]))
}

/** The folded tokens of a record, prompt and completion kept apart. */
export function recordTokens({ prompt, completion }: RecordContent): string[] {
  return [border, ...foldedTokens(prompt), border, ...foldedTokens(completion), border]
}

/** The distinct runs of `size` neighbouring tokens. */
export function shingles(tokens: readonly string[], size: number): Set<string> {
  const out = new Set<string>()
  for (let i = 0; i + size <= tokens.length; i++) out.add(tokens.slice(i, i + size).join(' '))
  if (out.size === 0) out.add(tokens.join(' '))
  return out
}
