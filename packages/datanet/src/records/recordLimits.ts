/** The bounds of what is read and kept, each with its reason. Sizes are in UTF-8 bytes unless said otherwise. */
export const recordLimits = {
  /** One upload; larger data comes in several contributions, so that a failure costs little. */
  fileBytes: 256 * 1024 * 1024,
  /** One line of JSONL or CSV record: a prompt and a completion at their limits, escaped, with room for other fields. */
  lineBytes: 1024 * 1024,
  /** A question with its context; 16 KiB is about 4,000 tokens. */
  promptBytes: 16 * 1024,
  /** An answer; 64 KiB is about 16,000 tokens, more than the longest training sequence. */
  completionBytes: 64 * 1024,
  /** A contributor's label in a file. */
  labelBytes: 256,
  /** Records of one contribution: its Merkle proof stays under 17 siblings, and its reveal is checked in seconds. */
  recordsPerContribution: 100_000,
  /** Records of one snapshot. */
  recordsPerSnapshot: 2_000_000,
  /** A snapshot file: what a node still builds and reads whole in memory. */
  snapshotBytes: 400 * 1024 * 1024,
  /** Records read from one file. */
  recordsPerFile: 1_000_000,
  /** A Markdown file is read whole into a tree, about 1 MiB a second; a long book is divided into its chapters. */
  markdownBytes: 1024 * 1024,
  /** Emphasis and bracket marks between two blank lines: the parser's time grows with their square, 500 cost some 20 ms. */
  markdownMarks: 500,
  /** Nesting of lists and quotes in Markdown. */
  markdownDepth: 32,
  /** Nesting of a JSON line: chat messages need 3. */
  jsonDepth: 8,
  /** Other fields of a line, kept as metadata. */
  metadataFields: 32,
  metadataBytes: 4 * 1024,
  /** Columns of a CSV file. */
  csvColumns: 64,
  /** Rejections that are reported one by one; further ones are only counted. */
  rejections: 10_000,
} as const
