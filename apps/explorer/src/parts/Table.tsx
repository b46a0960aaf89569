import type { ComponentChildren } from 'preact'

type Props = { headings: readonly string[]; rows: readonly (readonly ComponentChildren[])[]; empty: string }

/** A plain table; says `empty` when there is nothing to show. */
export function Table({ headings, rows, empty }: Props) {
  if (rows.length === 0) return <p class="quiet">{empty}</p>
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {headings.map((h) => (
              <th>{h}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells) => (
            <tr>
              {cells.map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
