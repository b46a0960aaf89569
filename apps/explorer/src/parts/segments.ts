/** A source span in an answer: character offsets into the text, and the record that says these words. */
export type TextSpan = { start: number; end: number; recordId: string; contributor: string; copies: number }

/** A piece of the answer: plain, or covered by one span. */
export type Segment = { text: string; span: TextSpan | null }

/** Cuts a text into plain and covered pieces; spans may come in any order, and what overlaps or lies outside is left out. */
export function segments(text: string, spans: readonly TextSpan[]): Segment[] {
  const out: Segment[] = []
  let at = 0
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start < at || span.end <= span.start || span.end > text.length) continue
    if (span.start > at) out.push({ text: text.slice(at, span.start), span: null })
    out.push({ text: text.slice(span.start, span.end), span })
    at = span.end
  }
  if (at < text.length) out.push({ text: text.slice(at), span: null })
  return out
}
