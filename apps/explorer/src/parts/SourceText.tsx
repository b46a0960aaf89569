import { contributorColour } from './palette.ts'
import { segments, type TextSpan } from './segments.ts'

type Props = { text: string; spans: readonly TextSpan[]; contributors: readonly string[] }

/** An answer with the words that stand in a record underlined in their contributor's colour; a click opens the record. */
export function SourceText({ text, spans, contributors }: Props) {
  return (
    <p class="answer">
      {segments(text, spans).map(({ text: piece, span }) => {
        if (!span) return piece
        const colour = contributorColour(Math.max(0, contributors.indexOf(span.contributor)))
        const copies = span.copies > 0 ? `, also in ${span.copies} later copies` : ''
        return (
          <a class="span" href={`#/records/${span.recordId}`} title={`in a record of ${span.contributor}${copies}`} style={{ borderColor: colour.line, background: colour.fill }}>
            {piece}
          </a>
        )
      })}
    </p>
  )
}
