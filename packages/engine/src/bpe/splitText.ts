const words = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu

/**
 * Cuts text into the pieces that byte pairs are merged within: first every digit alone, then GPT-2's words.
 * This is what libllama does for `tokenizer.ggml.pre = "smollm"`. The pieces joined are the text again.
 */
export function splitText(text: string): string[] {
  const pieces: string[] = []
  for (const part of text.split(/(\p{N})/u)) {
    if (part === '') continue
    for (const [word] of part.matchAll(words)) pieces.push(word)
  }
  return pieces
}
