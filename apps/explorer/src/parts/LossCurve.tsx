type Props = { losses: readonly number[]; base: number | null }

const width = 320
const height = 96

/** A training run's loss by step, as a line; the base's loss on the same records is the dashed line. */
export function LossCurve({ losses, base }: Props) {
  if (losses.length < 2) return <span class="quiet">no steps yet</span>
  const top = Math.max(base ?? 0, ...losses)
  const y = (loss: number): number => height - (loss / top) * (height - 8)
  const line = losses.map((loss, i) => `${i === 0 ? 'M' : 'L'}${((i / (losses.length - 1)) * width).toFixed(1)} ${y(loss).toFixed(1)}`).join('')
  return (
    <svg class="curve" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`loss from ${losses[0]?.toFixed(2)} to ${losses.at(-1)?.toFixed(2)}`}>
      {base !== null && <line x1="0" x2={width} y1={y(base)} y2={y(base)} class="base" />}
      <path d={line} />
    </svg>
  )
}
