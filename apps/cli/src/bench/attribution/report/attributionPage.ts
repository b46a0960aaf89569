import { gamingSection } from '../gaming/gamingSection.ts'
import type { AttributionReport } from '../results/AttributionReport.ts'
import { type QuerySetName, querySets } from '../bank/BankSide.ts'
import type { PlantedResult } from '../results/PlantedResult.ts'
import { isMet, type MethodResult, type SettingResult, type Target } from '../results/MethodResult.ts'
import { ldsPlot, slopePlot } from './plots.ts'

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2522;background:#fff}
h1,h2{line-height:1.2}table{border-collapse:collapse;width:100%;font-size:14px}td,th{padding:.25rem .6rem;border-bottom:1px solid #dde3e0;text-align:left}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}tr.ours td{background:#eef6f2;font-weight:600}.missed{color:#a8321a;font-weight:600}.met{color:#1b6e53}svg{width:100%;height:auto}
code{font-size:.85em;word-break:break-all}`

/** Text as it stands in HTML. */
export const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const figure = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(3))

/** The whole result as one HTML file without scripts or outside files. */
export function attributionPage({ machine, settings, planted, gaming }: AttributionReport): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Whose data shaped this answer: measured against retraining</title><style>${style}</style>
<h1>Whose data shaped this answer: measured against retraining</h1>
<p>Adapters were really retrained without contributors. A method's score for a contributor is held against what leaving it out did to the loss of each answer. LDS is the rank
correlation, over retrainings without random contributors, of summed scores with true loss changes, averaged over queries; every method stands on the same retrainings,
and constants of the baselines were chosen on another bank. Processor: ${escapeHtml(machine.processor)}.</p>
${settings.map(settingSection).join('\n')}
${planted === undefined ? '' : plantedSection(planted)}
${gaming === undefined ? '' : gamingSection(gaming)}
</html>
`
}

function settingSection(result: SettingResult): string {
  const { setting, about, retrainings, losses, banks, ceiling, additive } = result
  return `<section id="${escapeHtml(setting)}"><h2>${escapeHtml(setting)}</h2>
<p>${escapeHtml(about)}. ${result.records} records, ${result.parameters.toLocaleString('en-US')} parameters; retrained without each of ${retrainings.leftOut} contributors, and ${retrainings.random} times without ${retrainings.without} of them.
Banks <code>${banks[0]}</code>, <code>${banks[1]}</code>.</p>
<p>Two seeds' true rankings of who mattered agree ${figure(ceiling.leftOut)}: what shapes an answer depends on the seed that much.</p>
${querySets
  .map(
    (set) => `<h3>${set}: ${losses[set].queries} queries, loss ${losses[set].base.toFixed(2)} → ${losses[set].tuned.toFixed(2)}</h3>
${ldsPlot(result, set)}
${methodTable(result.methods, set)}
<p>The true leave-one-out changes themselves, added up, reach ${figure(additive[set])}.</p>`,
  )
  .join('\n')}
<h3>Size of the scores</h3>
${slopePlot(result)}
${targetTable(result.targets)}
</section>`
}

function plantedSection({ planted, known, readoutMs, targets }: PlantedResult): string {
  return `<section id="planted"><h2>Planted and known facts</h2>
<p>${planted.facts} facts that one contributor alone states; the owner's score is highest for ${planted.ownerFirst} of the answers, the owner's mean share is ${figure(planted.ownerShare)}.
For ${known.facts} facts that the base answers without any adapter, influence pays ${figure(known.paid)} of the pool. A readout takes ${readoutMs.median.toFixed(0)} ms (median), after the answer.</p>
${targetTable(targets)}</section>`
}

function methodTable(methods: readonly MethodResult[], set: QuerySetName): string {
  const rows = methods.map(({ name, about, ours, figures, chosen }) => {
    const { lds, interval, leftOut, slope, shareError } = figures[set]
    const numbers = [`${figure(lds)} <small>[${figure(interval.low)}, ${figure(interval.high)}]</small>`, figure(leftOut), figure(slope), figure(shareError)]
    return `<tr${ours ? ' class="ours"' : ''}><td>${escapeHtml(name)}<br><small>${escapeHtml([about, chosen[set]].filter(Boolean).join('; '))}</small></td>${numbers.map((cell) => `<td class="n">${cell}</td>`).join('')}</tr>`
  })
  return `<table><thead><tr><th>method</th><th class="n">LDS</th><th class="n">one left out</th><th class="n">slope</th><th class="n">share error</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`
}

function targetTable(targets: readonly Target[]): string {
  const rows = targets.map((target) => {
    const { wanted } = target
    const bound = 'atLeast' in wanted ? `≥ ${wanted.atLeast}` : 'atMost' in wanted ? `≤ ${wanted.atMost}` : `${wanted.from} to ${wanted.to}`
    return `<tr><td>${escapeHtml(target.name)}</td><td class="n">${bound}</td><td class="n">${figure(target.value)}</td><td class="${isMet(target) ? 'met">met' : 'missed">missed'}</td></tr>`
  })
  return `<table><thead><tr><th>target</th><th class="n">wanted</th><th class="n">measured</th><th></th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`
}
