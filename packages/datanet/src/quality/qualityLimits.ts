/** The constants of the quality checks, each with its reason. Ratios are in thousandths. */
export const qualityLimits = {
  /** Below this many characters ratios say nothing. */
  ratioCharacters: 20,
  /** Letters, marks and digits among the characters that are not space: prose has over 900, program text over 550. */
  wordCharactersReview: 450,
  /** Below this it is no text in any language: rules of dashes, binary data pasted as text. */
  wordCharactersReject: 150,
  /** Below this many words repetition says nothing. */
  repetitionWords: 24,
  /** Distinct among all runs of three words: prose stays over 900, songs and tables over 500. */
  distinctTriplesReview: 500,
  /** The same few words over and over. */
  distinctTriplesReject: 150,
  /** One character this often in a row; longer than any rule or ellipsis that means something. */
  sameCharacterRun: 24,
  /** Digits in a row that may be a telephone, account or card number; years, prices and quantities are shorter. */
  longNumberDigits: 10,
  /** A long number that ends in this many zeros is a quantity, such as 10¹⁸. */
  roundNumberZeros: 6,
  /** UTF-8 read as Latin-1 leaves such pairs; one alone may be a word beside a quotation mark. */
  mojibakePairs: 2,
} as const
