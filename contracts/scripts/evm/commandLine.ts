import { parseArgs } from 'node:util'
import type { Choice } from './play/playAll.ts'
import type { PlaySettings } from './play/PlaySettings.ts'

/** Reads what both entries take: which tests, and how much is tried of what has no end. */
export function readCommandLine(): { choice: Choice; settings: PlaySettings; isWhole: boolean; json: boolean; add: boolean; threshold: number } {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      'match-path': text, 'match-contract': text, 'match-test': text, 'fuzz-runs': { ...text, default: '16' }, 'invariant-runs': { ...text, default: '2' },
      'invariant-depth': { ...text, default: '32' }, seed: { ...text, default: '8037' }, json: { type: 'boolean', default: false }, add: { type: 'boolean', default: false }, threshold: { ...text, default: '98' },
    },
  })
  const choice = { path: values['match-path'], contract: values['match-contract'], test: values['match-test'] }
  const settings = { fuzzRuns: Number(values['fuzz-runs']), invariantRuns: Number(values['invariant-runs']), invariantDepth: Number(values['invariant-depth']), seed: Number(values.seed) }
  return { choice, settings, isWhole: Object.values(choice).every((part) => part === undefined), json: values.json, add: values.add, threshold: Number(values.threshold) }
}
