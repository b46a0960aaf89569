import { paySchemes, type GamingResult } from './gamingBench.ts'

/** The gains of a result as a plain table: one attack a line, each gain with its interval, and whether the target is met. */
export function gamingTable(result: GamingResult): string {
  const lines = result.attacks.map(({ name, target, gains, isMet }) => {
    const cells = paySchemes.map((scheme) => `${gains[scheme].gain.toFixed(2)} [${gains[scheme].low.toFixed(2)}, ${gains[scheme].high.toFixed(2)}]`.padStart(20))
    return `${name.padEnd(30)}${cells.join('')}  ≤ ${target.toFixed(2)} ${isMet ? 'met' : 'MISSED'}`
  })
  return [`${'gain of the attacker'.padEnd(30)}${paySchemes.map((scheme) => scheme.padStart(20)).join('')}`, ...lines].join('\n')
}
