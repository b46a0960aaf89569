/** Letters of other alphabets that look like Latin ones, for words that mix alphabets to look like another word. */
const alphabets: readonly (readonly [letters: string, latin: string])[] = [
  ['аеорсухіјѕԁһԛԝ', 'aeopcyxijsdhqw'],
  ['АВЕНІКМОРСТУХ', 'abehikmopctyx'],
  ['αορνικτ', 'aopvikt'],
  ['ΑΒΕΗΙΚΜΝΟΡΤΥΧΖ', 'abehikmnoptyxz'],
]
const lookalikes = new Map(alphabets.flatMap(([letters, latin]) => Array.from(letters, (letter, i) => [letter, latin.charAt(i)] as const)))
const latinLetter = /\p{sc=Latin}/u

/**
 * A text with everything folded away that changes bytes and not what is read: compatibility forms, case, accents, invisible characters, and letters
 * borrowed from other alphabets inside a Latin word.
 */
export function foldText(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\p{Cf}]/gu, '')
    .normalize('NFKC')
    .replace(/[\p{L}\p{N}]+/gu, (word) => (latinLetter.test(word) ? Array.from(word, (letter) => lookalikes.get(letter) ?? letter).join('') : word))
  return plain.toLowerCase().normalize('NFKC')
}

// Scripts without spaces: every character is read as a word. Signs that change the meaning ("C" and "C#", "5" and "-5") are words too.
const unspaced = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*`
const word = new RegExp(String.raw`${unspaced}|(?:(?!${unspaced})[\p{L}\p{N}\p{M}])+(?:['’](?:s|t|re|ve|ll|m|d)\b)?|[\p{Sm}\p{Sc}\p{So}#%&*@]|-(?=\p{N})`, 'gu')

/** The words of a folded text; the text itself when it has none. */
export function wordsOf(folded: string): string[] {
  const found = folded.match(word)
  return found ? Array.from(found, (w) => w.replace('’', "'")) : folded.trim() === '' ? [] : [folded.trim()]
}
