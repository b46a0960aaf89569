import { contributorColour } from './palette.ts'
import { percent } from './format.ts'

type Props = { parts: readonly { name: string; ppm: number }[]; restLabel: string }

/** Shares as one bar of coloured parts, with a legend; what is missing to a whole is shown as the rest. */
export function ShareBar({ parts, restLabel }: Props) {
  const rest = 1_000_000 - parts.reduce((sum, p) => sum + p.ppm, 0)
  return (
    <div class="shares">
      <div class="bar" role="img" aria-label={parts.map((p) => `${p.name} ${percent(p.ppm)}`).join(', ')}>
        {parts.map((p, i) => (
          <span style={{ width: `${p.ppm / 10_000}%`, background: contributorColour(i).line }} />
        ))}
      </div>
      <ul class="legend">
        {parts.map((p, i) => (
          <li>
            <i style={{ background: contributorColour(i).line }} />
            {p.name} <b>{percent(p.ppm)}</b>
          </li>
        ))}
        {rest > 0 && (
          <li>
            <i class="rest" />
            {restLabel} <b>{percent(rest)}</b>
          </li>
        )}
      </ul>
    </div>
  )
}
