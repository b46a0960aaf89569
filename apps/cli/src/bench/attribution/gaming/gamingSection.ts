import { paySchemes, type AttackResult, type GamingResult } from './gamingBench.ts'
import type { PayScheme } from './payAnswers.ts'

const schemes: Record<PayScheme, { label: string; colour: string }> = {
  ours: { label: 'ours', colour: '#1b6e53' },
  plain: { label: 'ours without the defences', colour: '#7aa899' },
  gradDot: { label: 'GradDot', colour: '#b4552d' },
  dataInf: { label: 'DataInf', colour: '#6b5aa8' },
}

const [left, width, row, top] = [250, 520, 46, 24]
const [lowest, highest] = [0.05, 8]

/** Pixels from the left for a gain, on a logarithmic scale; what is off the scale stands at its end. */
const x = (gain: number): number => left + (width * Math.log(Math.min(highest, Math.max(lowest, gain)) / lowest)) / Math.log(highest / lowest)

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The section of the benchmark's page on gaming: what was measured in a picture and a table. HTML, without scripts or outside files. */
export function gamingSection(result: GamingResult): string {
  const { settings, attacks, method } = result
  const { topics, factsPerTopic, seeds, questionsPerTopic } = settings
  const missed = attacks.filter(({ isMet }) => !isMet)
  return `<section id="gaming">
<h2>Gaming</h2>
<p>What an attack multiplies the attacker's total pay by, over questions about everybody's topics: ${seeds.length} made-up worlds of ${topics} contributors with ${factsPerTopic} records each,
${topics * questionsPerTopic} questions a world, answered by the adapter that the attack has shaped. 1 is what the attacker gets honestly. Bars are 95 % intervals (bootstrap over worlds and questions).
Pay is computed by the product's own clusters, shares and split, method <code>${escape(method.name)}</code>; without the defences by <code>${escape(settings.openMethod)}</code>; the baselines pay all in proportion to positive scores.</p>
<p>${missed.length === 0 ? 'Every target is met.' : `Missed: ${missed.map(({ name }) => escape(name)).join(', ')}.`}</p>
${picture(attacks)}
${table(attacks)}
</section>
`
}

function picture(attacks: readonly AttackResult[]): string {
  const height = top + attacks.length * row + 30
  const ticks = [0.1, 0.25, 0.5, 1, 2, 4]
  const grid = ticks.map((tick) => `<line x1="${x(tick).toFixed(1)}" x2="${x(tick).toFixed(1)}" y1="${top}" y2="${height - 30}" stroke="${tick === 1 ? '#444' : '#ddd'}"/><text x="${x(tick).toFixed(1)}" y="${height - 14}" text-anchor="middle">${tick}×</text>`)
  const legend = paySchemes.map((scheme, i) => `<circle cx="${left + i * 150}" cy="10" r="4" fill="${schemes[scheme].colour}"/><text x="${left + 8 + i * 150}" y="14">${schemes[scheme].label}</text>`)
  const rows = attacks.map(({ name, gains, target }, i) => {
    const y = top + i * row
    const bars = paySchemes.map((scheme, k) => {
      const { gain, low, high } = gains[scheme]
      const at = (y + 10 + k * 8).toFixed(1)
      return `<line x1="${x(low).toFixed(1)}" x2="${x(high).toFixed(1)}" y1="${at}" y2="${at}" stroke="${schemes[scheme].colour}" stroke-width="2"/><circle cx="${x(gain).toFixed(1)}" cy="${at}" r="3.5" fill="${schemes[scheme].colour}"><title>${escape(name)}, ${schemes[scheme].label}: ${gain.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]</title></circle>`
    })
    return `<text x="${left - 10}" y="${y + 26}" text-anchor="end">${escape(name)}</text><line x1="${x(target).toFixed(1)}" x2="${x(target).toFixed(1)}" y1="${y + 4}" y2="${y + row - 6}" stroke="#c00" stroke-dasharray="2 2"/>${bars.join('')}`
  })
  return `<svg viewBox="0 0 ${left + width + 20} ${height}" role="img" aria-label="Gain of each attack under each scheme" font-size="12" font-family="sans-serif">${legend.join('')}${grid.join('')}${rows.join('')}</svg>`
}

function table(attacks: readonly AttackResult[]): string {
  const head = paySchemes.map((scheme) => `<th>${schemes[scheme].label}</th>`).join('')
  const body = attacks.map(({ name, about, gains, target, isMet }) => {
    const cells = paySchemes.map((scheme) => `<td>${gains[scheme].gain.toFixed(2)} <small>[${gains[scheme].low.toFixed(2)}, ${gains[scheme].high.toFixed(2)}]</small></td>`).join('')
    return `<tr><td><b>${escape(name)}</b><br><small>${escape(about)}</small></td>${cells}<td>≤ ${target.toFixed(2)} ${isMet ? 'met' : '<b>missed</b>'}</td></tr>`
  })
  return `<table><thead><tr><th>attack</th>${head}<th>target for ours</th></tr></thead><tbody>${body.join('\n')}</tbody></table>`
}
