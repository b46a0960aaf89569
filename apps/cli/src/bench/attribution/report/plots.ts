import type { QuerySetName } from '../bank/BankSide.ts'
import type { SettingResult } from '../results/MethodResult.ts'

const [left, width, row] = [190, 560, 26]
const colours = { ours: '#1b6e53', baseline: '#8a8f98', target: '#a8321a' }

/** LDS of every method with its interval, the target and what the true leave-one-out changes reach. */
export function ldsPlot({ methods, additive }: SettingResult, set: QuerySetName): string {
  const lowest = Math.min(-0.1, ...methods.map(({ figures }) => figures[set].interval.low))
  const x = (value: number): string => (left + (width * (value - lowest)) / (1 - lowest)).toFixed(1)
  const sorted = [...methods].sort((a, b) => b.figures[set].lds - a.figures[set].lds)
  const height = row * sorted.length + 40
  const bars = sorted.map(({ name, ours, figures }, i) => {
    const { lds, interval } = figures[set]
    const y = 16 + row * i
    const colour = ours ? colours.ours : colours.baseline
    return `<text x="${left - 10}" y="${y + 4}" text-anchor="end"${ours ? ' font-weight="bold"' : ''}>${name.replaceAll('&', '&amp;')}</text><line x1="${x(interval.low)}" x2="${x(interval.high)}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="3"/><circle cx="${x(lds)}" cy="${y}" r="5" fill="${colour}"><title>${lds.toFixed(3)}</title></circle>`
  })
  const mark = (value: number, label: string, dashes: string): string =>
    `<line x1="${x(value)}" x2="${x(value)}" y1="4" y2="${height - 34}" stroke="${colours.target}" stroke-dasharray="${dashes}"><title>${label}</title></line>`
  return frame(height, `LDS of every method, ${set}`, [axis(x, height, [0, 0.25, 0.5, 0.75, 1]), mark(set === 'generated' ? 0.9 : 0.95, 'target', '4 3'), mark(additive[set], 'true leave-one-out changes', '1 3'), ...bars])
}

/** Slope of true on predicted changes by where the gradient is taken; 1 is right. */
export function slopePlot({ points }: SettingResult): string {
  const sets = ['held-out', 'generated'] as const
  const most = Math.max(1.5, ...points.flatMap(({ figures }) => sets.map((set) => figures[set].slope ?? 0)))
  const x = (value: number): string => (left + (width * value) / most).toFixed(1)
  const height = row * points.length + 40
  const dots = points.map(({ at, figures }, i) => {
    const y = 16 + row * i
    const dot = (set: QuerySetName, fill: string): string => `<circle cx="${x(Math.max(0, figures[set].slope ?? 0))}" cy="${y}" r="5" fill="${fill}" stroke="${colours.ours}"><title>${set}: ${(figures[set].slope ?? 0).toFixed(3)}</title></circle>`
    return `<text x="${left - 10}" y="${y + 4}" text-anchor="end">${at}</text>${dot('held-out', colours.ours)}${dot('generated', '#fff')}`
  })
  const band = `<rect x="${x(0.8)}" y="4" width="${(width * 0.4) / most}" height="${height - 38}" fill="#eef6f2"/>`
  return frame(height, 'Slope of true on predicted loss changes; filled: held-out, open: generated', [band, axis(x, height, [0, 0.5, 1, 1.5].filter((tick) => tick <= most)), ...dots])
}

function axis(x: (value: number) => string, height: number, ticks: readonly number[]): string {
  return ticks.map((tick) => `<line x1="${x(tick)}" x2="${x(tick)}" y1="4" y2="${height - 30}" stroke="#dde3e0"/><text x="${x(tick)}" y="${height - 14}" text-anchor="middle">${tick}</text>`).join('')
}

const frame = (height: number, label: string, parts: readonly string[]): string =>
  `<svg viewBox="0 0 ${left + width + 20} ${height}" role="img" aria-label="${label}" font-size="12" font-family="sans-serif">${parts.join('')}</svg>`
